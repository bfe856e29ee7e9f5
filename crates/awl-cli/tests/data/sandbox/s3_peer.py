# Sends the same calls to the sandbox and to another server of S3, moto, and holds their answers
# against each other. A step may say why the other's answer is not the sandbox's; it must differ then.
import datetime, json, sys
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ours, theirs = sys.argv[1:3]
CHANCE = {'ResponseMetadata', 'LastModified', 'Owner', 'Initiator', 'Initiated', 'CreationDate', 'UploadId', 'VersionId',
          'NextVersionIdMarker', 'NextUploadIdMarker', 'NextContinuationToken', 'ContinuationToken', 'DeleteMarkerVersionId'}
# Members that S3 answers since 2023 and moto does not: what everything is encrypted with, the type of
# checksums, checksums that S3 computes by itself, the ARNs of buckets.
NEWER = {'ServerSideEncryption', 'ChecksumType', 'ChecksumAlgorithm', 'ChecksumCRC64NVME', 'BucketArn', 'AccessPointAlias'}


def client(endpoint):
    keys = {} if endpoint == ours else dict(aws_access_key_id='a', aws_secret_access_key='b')
    return boto3.client('s3', endpoint_url=endpoint, region_name='us-east-1', config=Config(
        s3={'addressing_style': 'path'}, retries={'max_attempts': 1}), **keys)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(own) for key, own in value.items() if key not in CHANCE | NEWER and own not in ({}, '')}
    if isinstance(value, list):
        return [plain(own) for own in value]
    if isinstance(value, datetime.datetime):
        return 'a time'
    return value.read().decode() if hasattr(value, 'read') else value


class Server:
    def __init__(self, endpoint):
        self.s3 = client(endpoint)
        self.kept = {}

    def call(self, name, parameters, keep):
        filled = {key: self.kept[own[1:]] if isinstance(own, str) and own.startswith('$') else own
                  for key, own in parameters.items()}
        try:
            answer = getattr(self.s3, name)(**filled)
        except ClientError as error:
            answer = error.response
            return 'refused: %s %s' % (answer['Error']['Code'], answer['ResponseMetadata']['HTTPStatusCode'])
        for member, own in (keep or {}).items():
            self.kept[own] = answer.get(member)
        return plain(answer)


def part(number, etag):
    return {'PartNumber': number, 'ETag': etag}


B = dict(Bucket='peers')
K = dict(B, Key='a/b')
STEPS = [
    ('create_bucket', B, None), ('head_bucket', B, None), ('get_bucket_location', B, None),
    ('put_object', dict(K, Body=b'hello world', ContentType='text/plain', Metadata={'a': 'b'}), {'ETag': 'etag'}),
    ('get_object', K, None), ('head_object', K, None),
    ('get_object', dict(K, Range='bytes=0-4'), None), ('get_object', dict(K, Range='bytes=-4'), None),
    ('get_object', dict(K, Range='bytes=99-'), None), ('get_object', dict(K, IfMatch='"0"'), None),
    ('get_object', dict(K, IfNoneMatch='$etag'), None), ('get_object', dict(K, IfMatch='$etag'), None),
    ('get_object', dict(B, Key='none'), None), ('head_object', dict(B, Key='none'), None),
    ('get_object', dict(Bucket='nowhere', Key='none'), None), ('list_objects_v2', dict(Bucket='nowhere'), None),
    ('put_object', dict(K, Body=b'', IfNoneMatch='*'), None),
    ('put_object', dict(B, Key='z', Body=b'x', ContentMD5='AAAAAAAAAAAAAAAAAAAAAA=='), None, 'md5'),
    ('delete_object', dict(B, Key='z'), None),
    ('put_object', dict(B, Key='a/c', Body=b''), None), ('put_object', dict(B, Key='a/d/e', Body=b''), None),
    ('put_object', dict(B, Key='f', Body=b''), None),
    ('list_objects_v2', B, None), ('list_objects_v2', dict(B, Delimiter='/'), None),
    ('list_objects_v2', dict(B, Prefix='a/', Delimiter='/'), None), ('list_objects_v2', dict(B, MaxKeys=2), None),
    ('list_objects_v2', dict(B, StartAfter='a/c'), None), ('list_objects', dict(B, Delimiter='/', MaxKeys=1), None, 'pages'),
    ('list_objects', dict(B, Marker='a/c'), None, 'marker'),
    ('copy_object', dict(B, Key='copy', CopySource='peers/a/b'), None), ('get_object', dict(B, Key='copy'), None),
    ('copy_object', dict(B, Key='copy', CopySource='peers/copy'), None),
    ('copy_object', dict(B, Key='copy', CopySource='peers/none'), None),
    ('copy_object', dict(B, Key='copy', CopySource='peers/a/b', MetadataDirective='REPLACE', Metadata={'c': 'd'}), None),
    ('head_object', dict(B, Key='copy'), None),
    ('put_object_tagging', dict(K, Tagging={'TagSet': [{'Key': 'k', 'Value': 'v'}]}), None),
    ('get_object_tagging', K, None), ('delete_object_tagging', K, None), ('get_object_tagging', K, None),
    ('create_multipart_upload', dict(B, Key='m'), {'UploadId': 'upload'}),
    ('upload_part', dict(B, Key='m', UploadId='$upload', PartNumber=1, Body=b'1' * (5 << 20)), None),
    ('upload_part', dict(B, Key='m', UploadId='$upload', PartNumber=2, Body=b'2'), None),
    ('list_parts', dict(B, Key='m', UploadId='$upload'), None), ('list_multipart_uploads', B, None),
    ('complete_multipart_upload', dict(B, Key='m', UploadId='$upload', MultipartUpload={'Parts': [
        part(2, '"1de9d8d0d8f6a4a4d5ee0b1f3b2c6a5f"')]}), None),
    ('complete_multipart_upload', dict(B, Key='m', UploadId='$upload', MultipartUpload={'Parts': [
        part(1, '"66b4d9c0fdc0ba0d46bc7ef9e4cdc8bd"'), part(2, '"c81e728d9d4c2f636f067f89cc14862c"')]}), None),
    ('abort_multipart_upload', dict(B, Key='m', UploadId='$upload'), None),
    ('list_multipart_uploads', B, None),
    ('abort_multipart_upload', dict(B, Key='m', UploadId='none'), None),
    ('put_bucket_versioning', dict(B, VersioningConfiguration={'Status': 'Enabled'}), None), ('get_bucket_versioning', B, None),
    ('put_object', dict(B, Key='v', Body=b'1'), {'VersionId': 'first'}), ('put_object', dict(B, Key='v', Body=b'2'), None),
    ('get_object', dict(B, Key='v', VersionId='$first'), None), ('delete_object', dict(B, Key='v'), {'VersionId': 'mark'}),
    ('get_object', dict(B, Key='v'), None), ('get_object', dict(B, Key='v', VersionId='$mark'), None, 'deleted'),
    ('list_object_versions', dict(B, Prefix='v'), None, 'encoding'), ('delete_object', dict(B, Key='v', VersionId='$mark'), None, 'mark'),
    ('get_object', dict(B, Key='v'), None),
    ('get_bucket_cors', B, None), ('get_bucket_policy', B, None), ('get_bucket_tagging', B, None), ('get_bucket_website', B, None),
    ('get_bucket_lifecycle_configuration', B, None), ('get_bucket_encryption', B, None, 'default'), ('get_public_access_block', B, None, 'default'),
    ('put_bucket_tagging', dict(B, Tagging={'TagSet': [{'Key': 'a', 'Value': 'b'}]}), None), ('get_bucket_tagging', B, None),
    ('delete_objects', dict(B, Delete={'Objects': [{'Key': 'f'}, {'Key': 'none'}], 'Quiet': True}), None, 'quiet'),
    ('delete_bucket', B, None), ('delete_bucket', dict(Bucket='nowhere'), None),
]
WHY = {
    'md5': 'moto does not check Content-MD5',
    'pages': 'moto cuts no page between a group and a key',
    'marker': 'moto leaves the marker of the old listing out where it is given',
    'deleted': 'moto takes a mark for a version that is not there',
    'mark': 'moto does not say that a mark was deleted',
    'quiet': 'moto lists what was deleted even if it is to be quiet',
    'default': 'moto has no encryption by default and no block of public access, as S3 has since 2023',
    'encoding': 'moto does not encode the keys of listed versions',
}
pair = Server(ours), Server(theirs)
for name, parameters, keep, *why in STEPS:
    one, other = [server.call(name, parameters, keep) for server in pair]
    if (one == other) == bool(why):
        shown = {key: own for key, own in parameters.items() if key != 'Body'}
        print(name, shown, WHY[why[0]] if why else '', one, other, sep='\n  ')
        sys.exit(1)
print('done')
