"""Instances and what they are made of, with boto3 as the client."""
import base64, json
import boto3, botocore.exceptions

def refused(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code']
    raise AssertionError(f'{call} went through')

ec2, iam = boto3.client('ec2'), boto3.client('iam')
soon = {'Delay': 1, 'MaxAttempts': 20}
trust = json.dumps({'Version': '2012-10-17', 'Statement': {'Effect': 'Allow',
    'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}})

# Instance profiles.
iam.create_role(RoleName='app', AssumeRolePolicyDocument=trust)
iam.create_role(RoleName='other', AssumeRolePolicyDocument=trust)
profile = iam.create_instance_profile(InstanceProfileName='app', Path='/team/',
    Tags=[{'Key': 'team', 'Value': 'a'}])['InstanceProfile']
assert profile['InstanceProfileId'].startswith('AIPA') and profile['Roles'] == []
assert profile['Arn'].endswith(':instance-profile/team/app')
assert refused(iam.create_instance_profile, InstanceProfileName='APP') == 'EntityAlreadyExists'
iam.add_role_to_instance_profile(InstanceProfileName='app', RoleName='app')
assert refused(iam.add_role_to_instance_profile, InstanceProfileName='app', RoleName='other') == 'LimitExceeded'
assert refused(iam.delete_role, RoleName='app') == 'DeleteConflict'
assert refused(iam.delete_instance_profile, InstanceProfileName='app') == 'DeleteConflict'
iam.get_waiter('instance_profile_exists').wait(InstanceProfileName='app')
listed = iam.list_instance_profiles_for_role(RoleName='app')['InstanceProfiles']
assert [own['InstanceProfileName'] for own in listed] == ['app'], listed
iam.tag_instance_profile(InstanceProfileName='app', Tags=[{'Key': 'x', 'Value': '1'}])
iam.untag_instance_profile(InstanceProfileName='app', TagKeys=['x'])
assert iam.list_instance_profile_tags(InstanceProfileName='app')['Tags'] == [{'Key': 'team', 'Value': 'a'}]
assert iam.get_account_summary()['SummaryMap']['InstanceProfiles'] == 1

# What every Region has.
vpc = ec2.describe_vpcs()['Vpcs'][0]
assert vpc['IsDefault'] and vpc['CidrBlock'] == '172.31.0.0/16'
zones = [own['ZoneName'] for own in ec2.describe_availability_zones()['AvailabilityZones']]
subnets = ec2.describe_subnets(Filters=[{'Name': 'default-for-az', 'Values': ['true']}])['Subnets']
assert sorted(own['AvailabilityZone'] for own in subnets) == zones
assert all(own['AvailableIpAddressCount'] == 4091 for own in subnets)
assert 'us-east-1' in [own['RegionName'] for own in ec2.describe_regions()['Regions']]

# Images and types.
def image(name):
    found = ec2.describe_images(Filters=[{'Name': 'name', 'Values': [name]}])['Images']
    assert len(found) == 1, (name, found)
    return found[0]
linux = image('al2023-*-x86_64')
assert linux['ImdsSupport'] == 'v2.0' and linux['RootDeviceName'] == '/dev/xvda'
micro = ec2.describe_instance_types(InstanceTypes=['t3.micro'])['InstanceTypes'][0]
assert micro['VCpuInfo']['DefaultVCpus'] == 2 and micro['MemoryInfo']['SizeInMiB'] == 1024
assert refused(ec2.describe_instance_types, InstanceTypes=['t3.mini']) in ('InvalidInstanceType', 'InvalidParameterValue')
pages = ec2.get_paginator('describe_instance_types').paginate(
    Filters=[{'Name': 'instance-type', 'Values': ['t3.*', 't3a.*']}], PaginationConfig={'PageSize': 5})
pages = [[own['InstanceType'] for own in page['InstanceTypes']] for page in pages]
assert [len(page) for page in pages] == [5, 5, 4], pages

# A launch, and its states.
asked = dict(ImageId=linux['ImageId'], InstanceType='t3.micro', MinCount=2, MaxCount=2,
    IamInstanceProfile={'Name': 'app'}, UserData='#!/bin/sh\n', ClientToken='once',
    TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'web'}]},
        {'ResourceType': 'volume', 'Tags': [{'Key': 'Name', 'Value': 'disk'}]}])
launched = ec2.run_instances(**asked)
assert [own['State']['Name'] for own in launched['Instances']] == ['pending', 'pending']
ids = [own['InstanceId'] for own in launched['Instances']]
again = ec2.run_instances(**asked)
assert again['ReservationId'] == launched['ReservationId']
assert refused(ec2.run_instances, **{**asked, 'MaxCount': 3}) == 'IdempotentParameterMismatch'
ec2.get_waiter('instance_running').wait(InstanceIds=ids, WaiterConfig=soon)
ec2.get_waiter('instance_status_ok').wait(InstanceIds=ids, WaiterConfig=soon)
own = ec2.describe_instances(InstanceIds=ids[:1])['Reservations'][0]['Instances'][0]
assert own['MetadataOptions'] == {'State': 'applied', 'HttpTokens': 'required', 'HttpPutResponseHopLimit': 2,
    'HttpEndpoint': 'enabled', 'HttpProtocolIpv6': 'disabled', 'InstanceMetadataTags': 'disabled'}
assert own['PrivateDnsName'] == f"ip-{own['PrivateIpAddress'].replace('.', '-')}.ec2.internal"
assert own['PublicDnsName'].endswith('.compute-1.amazonaws.com')
assert own['IamInstanceProfile']['Arn'] == profile['Arn']
volume = own['BlockDeviceMappings'][0]['Ebs']['VolumeId']
assert ec2.describe_volumes(VolumeIds=[volume])['Volumes'][0]['Tags'] == [{'Key': 'Name', 'Value': 'disk'}]
data = ec2.describe_instance_attribute(InstanceId=ids[0], Attribute='userData')['UserData']['Value']
assert base64.b64decode(data) == b'#!/bin/sh\n'
assert [r['ReservationId'] for page in ec2.get_paginator('describe_instances').paginate(
    PaginationConfig={'PageSize': 1}) for r in page['Reservations']] == [launched['ReservationId']]
def found(**filters):
    filters = [{'Name': name.replace('_', '-'), 'Values': values} for name, values in filters.items()]
    return sorted(own['InstanceId'] for r in ec2.describe_instances(Filters=filters)['Reservations'] for own in r['Instances'])
ec2.create_tags(Resources=ids[:1], Tags=[{'Key': 'stage', 'Value': 'prod-1'}])
assert found(**{'tag:stage': ['prod-?']}) == ids[:1] and found(**{'tag-key': ['sta*']}) == ids[:1]
assert found(instance_state_name=['running'], tag_key=['Name']) == sorted(ids)
assert found(instance_state_name=['stopped', 'pending']) == []
assert found(**{'network-interface.addresses.private-ip-address': [own['PrivateIpAddress']]}) == ids[:1]
assert refused(ec2.describe_instances, Filters=[{'Name': 'colour', 'Values': ['x']}]) == 'InvalidParameterValue'
tags = ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': ids[:1]}])['Tags']
assert [(own['Key'], own['ResourceType']) for own in tags] == [('Name', 'instance'), ('stage', 'instance')], tags
ec2.delete_tags(Resources=ids[:1], Tags=[{'Key': 'stage'}])
assert found(**{'tag-key': ['stage']}) == []
before = own['PublicIpAddress']
assert ec2.stop_instances(InstanceIds=ids[:1])['StoppingInstances'][0]['CurrentState']['Name'] == 'stopping'
ec2.get_waiter('instance_stopped').wait(InstanceIds=ids[:1], WaiterConfig=soon)
stopped = ec2.describe_instances(InstanceIds=ids[:1])['Reservations'][0]['Instances'][0]
assert 'PublicIpAddress' not in stopped and stopped['StateReason']['Code'] == 'Client.UserInitiatedShutdown'
ec2.modify_instance_attribute(InstanceId=ids[0], InstanceType={'Value': 't3.small'})
ec2.modify_instance_attribute(InstanceId=ids[0], UserData={'Value': b'later'})
ec2.modify_instance_attribute(InstanceId=ids[0], DisableApiTermination={'Value': True})
assert refused(ec2.modify_instance_attribute, InstanceId=ids[1], InstanceType={'Value': 't3.small'}) == 'IncorrectInstanceState'
data = ec2.describe_instance_attribute(InstanceId=ids[0], Attribute='userData')['UserData']['Value']
assert base64.b64decode(data) == b'later', data
ec2.start_instances(InstanceIds=ids[:1])
ec2.get_waiter('instance_running').wait(InstanceIds=ids[:1], WaiterConfig=soon)
ec2.reboot_instances(InstanceIds=ids)
assert refused(ec2.terminate_instances, InstanceIds=ids) == 'OperationNotPermitted'
options = ec2.modify_instance_metadata_options(InstanceId=ids[0], HttpTokens='optional', InstanceMetadataTags='enabled')
assert options['InstanceMetadataOptions']['HttpTokens'] == 'optional'
ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=3)
assert ec2.get_instance_metadata_defaults()['AccountLevel']['HttpPutResponseHopLimit'] == 3
assert ec2.describe_instance_credit_specifications(InstanceIds=ids[1:])['InstanceCreditSpecifications'][0]['CpuCredits'] == 'unlimited'
assert 'nothing runs on it' in ec2.get_console_output(InstanceId=ids[0])['Output']

# Instance profiles of instances.
iam.create_instance_profile(InstanceProfileName='second')
assert refused(ec2.associate_iam_instance_profile, InstanceId=ids[0], IamInstanceProfile={'Name': 'second'}) in ('IncorrectState', 'InvalidParameterValue')
iam.add_role_to_instance_profile(InstanceProfileName='second', RoleName='other')
association = ec2.describe_iam_instance_profile_associations(
    Filters=[{'Name': 'instance-id', 'Values': ids[:1]}])['IamInstanceProfileAssociations'][0]
replaced = ec2.replace_iam_instance_profile_association(AssociationId=association['AssociationId'],
    IamInstanceProfile={'Name': 'second'})['IamInstanceProfileAssociation']
assert replaced['IamInstanceProfile']['Arn'].endswith('/second')
ec2.disassociate_iam_instance_profile(AssociationId=replaced['AssociationId'])
ec2.associate_iam_instance_profile(InstanceId=ids[0], IamInstanceProfile={'Arn': profile['Arn']})

# Regions are apart.
west = boto3.client('ec2', region_name='eu-west-1')
assert west.describe_instances()['Reservations'] == []
assert refused(west.describe_instances, InstanceIds=ids) == 'InvalidInstanceID.NotFound'
assert west.describe_vpcs()['Vpcs'][0]['VpcId'] != vpc['VpcId']

# What is refused, and how.
nothing = 'i-00000000000000000'
for expected, call, parameters in [
    ('InvalidInstanceID.NotFound', ec2.start_instances, dict(InstanceIds=[nothing])),
    ('InvalidInstanceID.Malformed', ec2.start_instances, dict(InstanceIds=['web'])),
    ('InvalidAMIID.NotFound', ec2.run_instances, dict(asked, ClientToken='', ImageId='ami-00000000')),
    ('InvalidAMIID.Malformed', ec2.run_instances, dict(asked, ClientToken='', ImageId='linux')),
    ('InvalidParameterValue', ec2.run_instances, dict(asked, ClientToken='', MinCount=3)),
    ('InvalidParameterValue', ec2.run_instances, dict(asked, ClientToken='', InstanceType='t4g.micro')),
    ('InvalidParameterValue', ec2.run_instances, dict(asked, ClientToken='', IamInstanceProfile={'Name': 'no'})),
    ('InvalidKeyPair.NotFound', ec2.run_instances, dict(asked, ClientToken='', KeyName='no')),
    ('InvalidSubnetID.NotFound', ec2.run_instances, dict(asked, ClientToken='', SubnetId='subnet-00000000')),
    ('InvalidGroup.NotFound', ec2.run_instances, dict(asked, ClientToken='', SecurityGroupIds=['sg-00000000'])),
    ('DryRunOperation', ec2.terminate_instances, dict(InstanceIds=ids, DryRun=True)),
    ('IncorrectState', ec2.associate_iam_instance_profile, dict(InstanceId=ids[0], IamInstanceProfile={'Name': 'app'})),
    ('InvalidVpcID.NotFound', ec2.describe_vpcs, dict(VpcIds=['vpc-00000000'])),
    ('TagLimitExceeded', ec2.create_tags, dict(Resources=ids, Tags=[{'Key': str(n), 'Value': ''} for n in range(51)])),
]:
    code = refused(call, **parameters)
    assert code == expected, (expected, code, parameters)
ec2.modify_instance_attribute(InstanceId=ids[0], Attribute='disableApiTermination', Value='false')
ec2.terminate_instances(InstanceIds=ids)
ec2.get_waiter('instance_terminated').wait(InstanceIds=ids, WaiterConfig=soon)
assert refused(ec2.describe_volumes, VolumeIds=[volume]) == 'InvalidVolume.NotFound'
assert refused(ec2.start_instances, InstanceIds=ids) == 'IncorrectInstanceState'
print('done')
