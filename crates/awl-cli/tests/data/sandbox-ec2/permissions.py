"""What policies say of EC2: resources of a launch, roles, tags."""
import json
import boto3, botocore.exceptions

def refusal(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code'], error.response['Error']['Message']
    raise AssertionError(f'{call} went through')

admin = boto3.Session()
iam, ec2, sts = admin.client('iam'), admin.client('ec2'), admin.client('sts')
account = sts.get_caller_identity()['Account']
trust = json.dumps({'Version': '2012-10-17', 'Statement': {'Effect': 'Allow',
    'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}})
for name in ['web', 'root']:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
iam.create_user(UserName='kim')
key = iam.create_access_key(UserName='kim')['AccessKey']
kim = boto3.Session(key['AccessKeyId'], key['SecretAccessKey'], region_name='us-east-1')
own = kim.client('ec2', endpoint_url=ec2.meta.endpoint_url)
def allow(*statements):
    iam.put_user_policy(UserName='kim', PolicyName='p', PolicyDocument=json.dumps({
        'Version': '2012-10-17', 'Statement': [dict({'Effect': 'Allow', 'Resource': '*'}, **own) for own in statements]}))
image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['al2023-*-x86_64']}])['Images'][0]['ImageId']
asked = dict(ImageId=image, InstanceType='t3.micro', MinCount=1, MaxCount=1)
decode = lambda text: json.loads(sts.decode_authorization_message(EncodedMessage=text.split('message: ')[-1])['DecodedMessage'])

# Nothing is allowed: what the message holds.
code, text = refusal(own.run_instances, **asked)
assert code == 'UnauthorizedOperation' and f'arn:aws:ec2:us-east-1:{account}:instance/*' in text, text
message = decode(text)
assert message['allowed'] is False and message['context']['action'] == 'ec2:RunInstances', message
assert message['context']['principal']['arn'] == f'arn:aws:iam::{account}:user/kim'
keys = {item['key']: item['values']['items'][0]['value'] for item in message['context']['conditions']['items']}
assert keys['ec2:InstanceType'] == 't3.micro' and keys['ec2:MetadataHttpTokens'] == 'required', keys
assert refusal(own.run_instances, DryRun=True, **asked)[0] == 'UnauthorizedOperation'

# Each resource of a launch counts.
small = {'StringLike': {'ec2:InstanceType': 't3.*'}}
subnets = ec2.describe_subnets()['Subnets']
resource = lambda kind: f'arn:aws:ec2:*:*:{kind}/*'
others = {'Action': 'ec2:RunInstances', 'Resource': [resource(kind) for kind in
    ['network-interface', 'security-group', 'subnet', 'volume']] + [resource('image').replace(':*:image', '::image')]}
allow({'Action': 'ec2:RunInstances', 'Resource': resource('instance'), 'Condition': small}, others)
assert refusal(own.run_instances, DryRun=True, **asked)[0] == 'DryRunOperation'
code, text = refusal(own.run_instances, **dict(asked, InstanceType='m7i.large'))
assert code == 'UnauthorizedOperation' and ':instance/*' in text
allow({'Action': 'ec2:RunInstances', 'Resource': resource('instance')}, dict(others, Resource=others['Resource'][:1] + others['Resource'][2:]))
assert 'security-group/sg-' in refusal(own.run_instances, **asked)[1]
allow({'Action': 'ec2:RunInstances', 'Resource': resource('instance'),
    'Condition': {'StringEquals': {'ec2:MetadataHttpTokens': 'required'}}}, others)
assert refusal(own.run_instances, DryRun=True, **asked)[0] == 'DryRunOperation'
assert refusal(own.run_instances, DryRun=True, MetadataOptions={'HttpTokens': 'optional'}, **asked)[0] == 'UnauthorizedOperation'

# Roles are passed, or not.
launch = {'Action': 'ec2:RunInstances'}
web = {'Action': 'iam:PassRole', 'Resource': f'arn:aws:iam::{account}:role/web',
    'Condition': {'StringEquals': {'iam:PassedToService': 'ec2.amazonaws.com'}}}
allow(launch, {'Action': ['ec2:AssociateIamInstanceProfile', 'ec2:DescribeInstances']}, web)
code, text = refusal(own.run_instances, IamInstanceProfile={'Name': 'root'}, **asked)
assert (code, decode(text)['context']['action']) == ('UnauthorizedOperation', 'iam:PassRole'), text
instance = own.run_instances(IamInstanceProfile={'Name': 'web'}, **asked)['Instances'][0]['InstanceId']
bare = own.run_instances(**asked)['Instances'][0]['InstanceId']
assert refusal(own.associate_iam_instance_profile, InstanceId=bare, IamInstanceProfile={'Name': 'root'})[0] == 'UnauthorizedOperation'
own.associate_iam_instance_profile(InstanceId=bare, IamInstanceProfile={'Name': 'web'})
# Who fills a profile passes the role as well.
allow({'Action': 'iam:AddRoleToInstanceProfile'}, web)
iam.create_instance_profile(InstanceProfileName='new')
theirs = kim.client('iam', endpoint_url=ec2.meta.endpoint_url)
code, text = refusal(theirs.add_role_to_instance_profile, InstanceProfileName='new', RoleName='root')
assert code == 'AccessDenied' and 'iam:PassRole' in text, text
theirs.add_role_to_instance_profile(InstanceProfileName='new', RoleName='web')

# Tags: given along, and those of resources.
tagged = [{'ResourceType': 'instance', 'Tags': [{'Key': 'team', 'Value': 'red'}]}]
allow(launch)
code, text = refusal(own.run_instances, TagSpecifications=tagged, **asked)
assert decode(text)['context']['action'] == 'ec2:CreateTags', text
allow(launch, {'Action': 'ec2:CreateTags', 'Condition': {'StringEquals': {
    'ec2:CreateAction': 'RunInstances', 'aws:RequestTag/team': 'red'}}})
red = own.run_instances(TagSpecifications=tagged, **asked)['Instances'][0]['InstanceId']
assert refusal(own.create_tags, Resources=[bare], Tags=tagged[0]['Tags'])[0] == 'UnauthorizedOperation'
allow({'Action': 'ec2:CreateTags', 'Resource': f'arn:aws:ec2:*:{account}:instance/*', 'Condition': {
    'StringEquals': {'ec2:ResourceTag/team': 'red'}, 'ForAllValues:StringEquals': {'aws:TagKeys': ['stage']}}})
stage = [{'Key': 'stage', 'Value': 'test'}]
own.create_tags(Resources=[red], Tags=stage)
assert refusal(own.create_tags, Resources=[red, bare], Tags=stage)[0] == 'UnauthorizedOperation'
assert refusal(own.create_tags, Resources=[red], Tags=stage + tagged[0]['Tags'])[0] == 'UnauthorizedOperation'
group = ec2.create_security_group(GroupName='db', Description='db', TagSpecifications=[
    dict(tagged[0], ResourceType='security-group')])['GroupId']
allow({'Action': 'ec2:AuthorizeSecurityGroupIngress', 'Resource': f'arn:aws:ec2:*:*:security-group/{group}',
    'Condition': {'StringEquals': {'aws:ResourceTag/team': 'red'}}})
rule = dict(IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='10.0.0.0/8')
own.authorize_security_group_ingress(GroupName='db', **rule)
assert refusal(own.authorize_security_group_ingress, GroupName='default', **rule)[0] == 'UnauthorizedOperation'
for key in ['aws:ResourceTag/team', 'ec2:ResourceTag/team']:
    allow({'Action': 'ec2:StopInstances', 'Condition': {'StringEquals': {key: 'red'}}})
    assert refusal(own.stop_instances, InstanceIds=[red], DryRun=True)[0] == 'DryRunOperation'
    assert refusal(own.stop_instances, InstanceIds=[bare], DryRun=True)[0] == 'UnauthorizedOperation'
    assert refusal(own.stop_instances, InstanceIds=[red, bare], DryRun=True)[0] == 'UnauthorizedOperation'
own.stop_instances(InstanceIds=[red])
allow({'Action': 'ec2:DisassociateIamInstanceProfile', 'Resource': f'arn:aws:ec2:us-east-1:{account}:instance/{bare}'})
ids = {own['InstanceId']: own['AssociationId'] for own in
    ec2.describe_iam_instance_profile_associations()['IamInstanceProfileAssociations']}
assert refusal(own.disassociate_iam_instance_profile, AssociationId=ids[instance])[0] == 'UnauthorizedOperation'
own.disassociate_iam_instance_profile(AssociationId=ids[bare])
print('done')
