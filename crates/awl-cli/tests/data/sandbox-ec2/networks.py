"""Keys, networks, volumes, images and addresses, with boto3 as the client."""
import base64, hashlib, hmac
import boto3, botocore.exceptions

def refused(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code']
    raise AssertionError(f'{call} went through')

ec2 = boto3.client('ec2')
soon = {'Delay': 1, 'MaxAttempts': 20}
vpc = ec2.describe_vpcs()['Vpcs'][0]['VpcId']

# Keys: what is given out fits what is shown.
def der(tag, content):
    size = len(content)
    size = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, 'big')
    return bytes([tag]) + size + content
made = ec2.create_key_pair(KeyName='rsa')
lines = made['KeyMaterial'].split('\n')
assert lines[0] == '-----BEGIN RSA PRIVATE KEY-----' and lines[-1] == '-----END RSA PRIVATE KEY-----'
own = base64.b64decode(''.join(lines[1:-1]))
whole = der(0x30, b'\x02\x01\x00' + bytes.fromhex('300d06092a864886f70d0101010500') + der(4, own))
assert made['KeyFingerprint'] == hashlib.sha1(whole).digest().hex(':')
made = ec2.create_key_pair(KeyName='ed', KeyType='ed25519', TagSpecifications=[
    {'ResourceType': 'key-pair', 'Tags': [{'Key': 'for', 'Value': 'tests'}]}])
assert made['KeyMaterial'].startswith('-----BEGIN OPENSSH PRIVATE KEY-----\n')
public = ec2.describe_key_pairs(KeyNames=['ed'], IncludePublicKey=True)['KeyPairs'][0]['PublicKey']
kind, blob, name = public.split()
assert (kind, name) == ('ssh-ed25519', 'ed')
blob = base64.b64decode(blob)
assert made['KeyFingerprint'] == base64.b64encode(hashlib.sha256(blob).digest()).decode()
assert blob in base64.b64decode(''.join(made['KeyMaterial'].split('\n')[1:-1]))
for kind in ['rsa', 'ed25519']:
    file = ec2.create_key_pair(KeyName=f'putty {kind}', KeyType=kind, KeyFormat='ppk')['KeyMaterial'].split('\n')
    head, rest = dict(line.split(': ') for line in file[:4]), file[4:]
    public, rest = base64.b64decode(''.join(rest[:int(head['Public-Lines'])])), rest[int(head['Public-Lines']):]
    private = base64.b64decode(''.join(rest[1:-2]))
    assert head['PuTTY-User-Key-File-2'] == f'ssh-{kind}' and rest[0] == f'Private-Lines: {len(rest) - 3}'
    signed = b''.join(len(part).to_bytes(4, 'big') + part for part in
        [f'ssh-{kind}'.encode(), b'none', f'putty {kind}'.encode(), public, private])
    mac = hmac.new(hashlib.sha1(b'putty-private-key-file-mac-key').digest(), signed, hashlib.sha1)
    assert rest[-2] == f'Private-MAC: {mac.hexdigest()}', rest
public = ec2.describe_key_pairs(KeyNames=['rsa'], IncludePublicKey=True)['KeyPairs'][0]['PublicKey']
imported = ec2.import_key_pair(KeyName='copy', PublicKeyMaterial=public.encode())
parts, rest = [], base64.b64decode(public.split()[1])
while rest:
    size = int.from_bytes(rest[:4], 'big')
    parts, rest = parts + [rest[4:4 + size]], rest[4 + size:]
info = der(0x30, bytes.fromhex('300d06092a864886f70d0101010500')
    + der(3, b'\0' + der(0x30, der(2, parts[2]) + der(2, parts[1]))))
assert imported['KeyFingerprint'] == hashlib.md5(info).digest().hex(':')
assert refused(ec2.create_key_pair, KeyName='ed') == 'InvalidKeyPair.Duplicate'
assert refused(ec2.import_key_pair, KeyName='bad', PublicKeyMaterial=b'ssh-rsa AAAA') == 'InvalidKey.Format'
ec2.delete_key_pair(KeyName='copy')
ec2.delete_key_pair(KeyName='copy')
assert [own['KeyName'] for own in ec2.describe_key_pairs(Filters=[{'Name': 'tag:for', 'Values': ['*']}])['KeyPairs']] == ['ed']
assert refused(ec2.describe_key_pairs, KeyNames=['copy']) == 'InvalidKeyPair.NotFound'

# Security groups and their rules.
group = ec2.create_security_group(GroupName='web', Description='of the web')['GroupId']
assert refused(ec2.create_security_group, GroupName='web', Description='x') == 'InvalidGroup.Duplicate'
rule = ec2.authorize_security_group_ingress(GroupId=group, IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='10.0.0.0/8')
assert rule['SecurityGroupRules'][0]['SecurityGroupRuleId'].startswith('sgr-')
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'Ipv6Ranges': [{'CidrIpv6': '::/0', 'Description': 'all'}]},
    {'IpProtocol': '-1', 'UserIdGroupPairs': [{'GroupId': group}]}])
again = dict(GroupId=group, IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='10.9.9.9/8')
assert refused(ec2.authorize_security_group_ingress, **again) == 'InvalidPermission.Duplicate'
shown = ec2.describe_security_groups(GroupIds=[group])['SecurityGroups'][0]
ports = sorted((own['IpProtocol'], own.get('FromPort'), len(own['IpRanges']), len(own['Ipv6Ranges']), len(own['UserIdGroupPairs'])) for own in shown['IpPermissions'])
assert ports == [('-1', None, 0, 0, 1), ('tcp', 22, 1, 1, 0)], ports
assert shown['IpPermissionsEgress'][0]['IpRanges'] == [{'CidrIp': '0.0.0.0/0'}]
assert len(ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [group]}])['SecurityGroupRules']) == 4
ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule['SecurityGroupRules'][0]['SecurityGroupRuleId']])
assert refused(ec2.revoke_security_group_ingress, **again) == 'InvalidPermission.NotFound'
found = ec2.describe_security_groups(Filters=[{'Name': 'ip-permission.ipv6-cidr', 'Values': ['::/0']}])['SecurityGroups']
assert [own['GroupId'] for own in found] == [group]
default = ec2.describe_security_groups(GroupNames=['default'])['SecurityGroups'][0]
assert refused(ec2.delete_security_group, GroupId=default['GroupId']) == 'CannotDelete'

# A network of one's own.
own = ec2.create_vpc(CidrBlock='10.1.0.0/16', TagSpecifications=[
    {'ResourceType': 'vpc', 'Tags': [{'Key': 'Name', 'Value': 'lab'}]}])['Vpc']
assert own['Tags'] == [{'Key': 'Name', 'Value': 'lab'}] and not own['IsDefault']
lab = own['VpcId']
ec2.get_waiter('vpc_available').wait(VpcIds=[lab])
subnet = ec2.create_subnet(VpcId=lab, CidrBlock='10.1.1.0/24', AvailabilityZone='us-east-1b')['Subnet']['SubnetId']
assert refused(ec2.create_subnet, VpcId=lab, CidrBlock='10.1.1.128/25') == 'InvalidSubnet.Conflict'
assert refused(ec2.create_subnet, VpcId=lab, CidrBlock='10.2.1.0/24') == 'InvalidSubnet.Range'
gateway = ec2.create_internet_gateway()['InternetGateway']['InternetGatewayId']
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab)
table = ec2.create_route_table(VpcId=lab)['RouteTable']['RouteTableId']
ec2.create_route(RouteTableId=table, DestinationCidrBlock='0.0.0.0/0', GatewayId=gateway)
association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)['AssociationId']
routes = ec2.describe_route_tables(Filters=[{'Name': 'association.subnet-id', 'Values': [subnet]}])['RouteTables'][0]['Routes']
assert [own['GatewayId'] for own in routes] == ['local', gateway]
ec2.modify_vpc_attribute(VpcId=lab, EnableDnsHostnames={'Value': True})
assert ec2.describe_vpc_attribute(VpcId=lab, Attribute='enableDnsHostnames')['EnableDnsHostnames']['Value']
ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={'Value': True})
assert refused(ec2.delete_vpc, VpcId=lab) == 'DependencyViolation'

# An instance there, its address, its volumes.
windows = ec2.describe_images(Filters=[{'Name': 'platform', 'Values': ['windows']}])['Images'][0]['ImageId']
assert refused(ec2.run_instances, ImageId=windows, InstanceType='t3.micro', MinCount=1, MaxCount=1,
    SubnetId=subnet, SecurityGroupIds=[group]) == 'InvalidParameter'
launched = ec2.run_instances(ImageId=windows, InstanceType='t3.micro', MinCount=1, MaxCount=1, SubnetId=subnet,
    KeyName='rsa', PrivateIpAddress='10.1.1.10', BlockDeviceMappings=[
        {'DeviceName': 'xvdb', 'Ebs': {'VolumeSize': 5, 'VolumeType': 'gp3', 'DeleteOnTermination': False}}])['Instances'][0]
id = launched['InstanceId']
assert launched['PrivateIpAddress'] == '10.1.1.10' and launched['Platform'] == 'windows'
assert len(base64.b64decode(ec2.get_password_data(InstanceId=id)['PasswordData'])) == 256
ec2.get_waiter('instance_running').wait(InstanceIds=[id], WaiterConfig=soon)
address = ec2.allocate_address()
assert address['Domain'] == 'vpc'
ec2.associate_address(AllocationId=address['AllocationId'], InstanceId=id)
shown = ec2.describe_instances(InstanceIds=[id])['Reservations'][0]['Instances'][0]
assert [own['DeviceName'] for own in shown['BlockDeviceMappings']] == ['/dev/sda1', 'xvdb']
assert shown['PublicIpAddress'] == address['PublicIp']
interface = ec2.describe_network_interfaces(Filters=[{'Name': 'association.public-ip', 'Values': [address['PublicIp']]}])['NetworkInterfaces'][0]
assert interface['Attachment']['InstanceId'] == id and interface['Association']['AllocationId'] == address['AllocationId']
assert refused(ec2.release_address, AllocationId=address['AllocationId']) == 'InvalidIPAddress.InUse'
volume = ec2.create_volume(Size=10, AvailabilityZone='us-east-1b', VolumeType='gp3')
assert volume['State'] == 'creating' and volume['Iops'] == 3000
ec2.get_waiter('volume_available').wait(VolumeIds=[volume['VolumeId']])
ec2.attach_volume(VolumeId=volume['VolumeId'], InstanceId=id, Device='/dev/sdf')
ec2.get_waiter('volume_in_use').wait(VolumeIds=[volume['VolumeId']])
assert refused(ec2.delete_volume, VolumeId=volume['VolumeId']) == 'VolumeInUse'
ec2.detach_volume(VolumeId=volume['VolumeId'])
snapshot = ec2.create_snapshot(VolumeId=volume['VolumeId'], Description='before')['SnapshotId']
ec2.get_waiter('snapshot_completed').wait(SnapshotIds=[snapshot])
assert ec2.describe_snapshots(OwnerIds=['self'])['Snapshots'][0]['SnapshotId'] == snapshot
ec2.delete_volume(VolumeId=volume['VolumeId'])
picture = ec2.create_image(InstanceId=id, Name='golden')['ImageId']
ec2.get_waiter('image_available').wait(ImageIds=[picture])
mine = ec2.describe_images(Owners=['self'])['Images']
assert [own['ImageId'] for own in mine] == [picture] and len(mine[0]['BlockDeviceMappings']) == 2
copy = ec2.run_instances(ImageId=picture, InstanceType='t3.micro', MinCount=1, MaxCount=1)['Instances'][0]
assert copy['Platform'] == 'windows'
ec2.deregister_image(ImageId=picture, DeleteAssociatedSnapshots=True)
assert refused(ec2.deregister_image, ImageId=windows) == 'AuthFailure'
ec2.terminate_instances(InstanceIds=[id, copy['InstanceId']])
ec2.get_waiter('instance_terminated').wait(InstanceIds=[id], WaiterConfig=soon)
kept = ec2.describe_volumes(Filters=[{'Name': 'status', 'Values': ['available']}])['Volumes']
assert [own['Size'] for own in kept] == [5]
ec2.release_address(AllocationId=address['AllocationId'])
ec2.disassociate_route_table(AssociationId=association)
ec2.delete_route_table(RouteTableId=table)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=lab)
ec2.delete_internet_gateway(InternetGatewayId=gateway)
ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=lab)
ec2.delete_security_group(GroupId=group)
for op in ['describe_network_acls', 'describe_dhcp_options', 'describe_internet_gateways', 'describe_account_attributes', 'describe_addresses', 'describe_instance_type_offerings', 'get_ebs_encryption_by_default']:
    getattr(ec2, op)()
print('done')
