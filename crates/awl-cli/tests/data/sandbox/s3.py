# What boto3 meets in S3: data, ranges, conditions, versions, parts, policies.
import base64, hashlib, io, json, os, urllib.error, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client('s3', config=Config(signature_version='s3v4'))
iam = boto3.client('iam')
ENDPOINT = s3.meta.endpoint_url


def refused(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']
    return 'nothing', 200


def fetched(url, method='GET', data=None, headers={}):
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


# Buckets.
assert s3.create_bucket(Bucket='photos')['Location'] == '/photos'
s3.create_bucket(Bucket='photos')
eu = boto3.client('s3', region_name='eu-west-1')
there = {'LocationConstraint': 'eu-west-1'}
eu.create_bucket(Bucket='more', CreateBucketConfiguration=there)
assert refused(eu.create_bucket, Bucket='more', CreateBucketConfiguration=there) == ('BucketAlreadyOwnedByYou', 409)
assert refused(eu.create_bucket, Bucket='most') == ('IllegalLocationConstraintException', 400)
assert refused(s3.create_bucket, Bucket='xn--photos') == ('InvalidBucketName', 400)
assert s3.get_bucket_location(Bucket='more')['LocationConstraint'] == 'eu-west-1'
assert s3.list_objects_v2(Bucket='more')['KeyCount'] == 0  # led on to the other Region
pages = s3.get_paginator('list_buckets').paginate(PaginationConfig={'PageSize': 1})
assert [bucket['Name'] for page in pages for bucket in page['Buckets']] == ['more', 'photos']
assert refused(s3.head_bucket, Bucket='nowhere') == ('404', 404)

# Objects: what is said of them comes back.
put = s3.put_object(Bucket='photos', Key='a b/\u00fc', Body=b'hello world', Metadata={'who': 'me'},
                    ContentType='text/plain', CacheControl='no-cache', Tagging='k=v&l=m%20n')
assert put['ETag'] == '"%s"' % hashlib.md5(b'hello world').hexdigest()
own = dict(Bucket='photos', Key='a b/\u00fc')
got = s3.get_object(**own)
assert got['Body'].read() == b'hello world' and got['Metadata'] == {'who': 'me'}
assert (got['ContentType'], got['CacheControl'], got['TagCount']) == ('text/plain', 'no-cache', 2)
assert got['ServerSideEncryption'] == 'AES256' and got['AcceptRanges'] == 'bytes'
assert s3.get_object_tagging(**own)['TagSet'][1] == {'Key': 'l', 'Value': 'm n'}
part = s3.get_object(**own, Range='bytes=-5')
assert part['Body'].read() == b'world' and part['ContentRange'] == 'bytes 6-10/11'
assert part['ResponseMetadata']['HTTPStatusCode'] == 206
assert refused(s3.get_object, **own, Range='bytes=11-') == ('InvalidRange', 416)
assert refused(s3.get_object, Bucket='photos', Key='none') == ('NoSuchKey', 404)
assert s3.get_object(**own, ResponseContentType='image/png')['ContentType'] == 'image/png'

# Conditions.
assert refused(s3.put_object, **own, Body=b'', IfNoneMatch='*') == ('PreconditionFailed', 412)
assert refused(s3.put_object, **own, Body=b'', IfMatch='"0"') == ('PreconditionFailed', 412)
assert refused(s3.get_object, **own, IfNoneMatch=put['ETag']) == ('304', 304)
assert refused(s3.get_object, **own, IfMatch='"0"') == ('PreconditionFailed', 412)
assert refused(s3.get_object, **own, IfModifiedSince=got['LastModified']) == ('304', 304)
assert refused(s3.delete_object, **own, IfMatch='"0"') == ('PreconditionFailed', 412)
s3.put_object(**own, Body=b'hello world', IfMatch=put['ETag'])

# Checksums and chunks: a body that cannot be read twice comes with a trailer.
for algorithm in 'CRC32', 'SHA1', 'SHA256':
    s3.put_object(Bucket='photos', Key='sum', Body=io.BytesIO(b'x' * 100000), ChecksumAlgorithm=algorithm)
    assert s3.head_object(Bucket='photos', Key='sum', ChecksumMode='ENABLED')['Checksum' + algorithm]
wrong = base64.b64encode(bytes(32)).decode()
assert refused(s3.put_object, Bucket='photos', Key='x', Body=b'x', ChecksumSHA256=wrong) == ('BadDigest', 400)
assert refused(s3.put_object, Bucket='photos', Key='x', Body=b'x', ContentMD5='x') == ('InvalidDigest', 400)
assert refused(s3.head_object, Bucket='photos', Key='x') == ('404', 404)

# Parts.
data = os.urandom((11 << 20) + 7)
parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
s3.upload_fileobj(io.BytesIO(data), 'photos', 'large', Config=parts)
read = io.BytesIO()
s3.download_fileobj('photos', 'large', read, Config=parts)
assert read.getvalue() == data
head = s3.head_object(Bucket='photos', Key='large', ChecksumMode='ENABLED')
of_parts = b''.join(hashlib.md5(data[at:at + (5 << 20)]).digest() for at in range(0, len(data), 5 << 20))
assert head['ETag'] == '"%s-3"' % hashlib.md5(of_parts).hexdigest()
assert head['ChecksumType'] == 'COMPOSITE' and head['ChecksumCRC32'].endswith('-3'), head
second = s3.get_object(Bucket='photos', Key='large', PartNumber=2)
assert second['PartsCount'] == 3 and second['Body'].read() == data[5 << 20:10 << 20]
s3.copy({'Bucket': 'photos', 'Key': 'large'}, 'photos', 'copied', Config=TransferConfig(
    multipart_threshold=5 << 20, multipart_chunksize=6 << 20))
assert s3.get_object(Bucket='photos', Key='copied')['Body'].read() == data
s3.delete_object(Bucket='photos', Key='large')
assert s3.get_object(Bucket='photos', Key='copied', Range='bytes=6291450-6291460')['Body'].read() == data[6291450:6291461]
upload = s3.create_multipart_upload(Bucket='photos', Key='small')['UploadId']
begun = dict(Bucket='photos', Key='small', UploadId=upload)
etags = [s3.upload_part(**begun, PartNumber=number, Body=b'small')['ETag'] for number in (1, 2)]


def completed(*numbers):
    listed = [{'PartNumber': number, 'ETag': etags[number % 2]} for number in numbers]
    return refused(s3.complete_multipart_upload, **begun, MultipartUpload={'Parts': listed})


assert completed(1, 2) == ('EntityTooSmall', 400)
assert completed(2, 1) == ('InvalidPartOrder', 400)
assert completed(3) == ('InvalidPart', 400)
assert len(s3.list_parts(**begun)['Parts']) == 2
assert [one['Key'] for one in s3.list_multipart_uploads(Bucket='photos')['Uploads']] == ['small']
assert completed(2) == ('nothing', 200)
assert refused(s3.abort_multipart_upload, **begun) == ('NoSuchUpload', 404)

# Listings.
keys = ['l/%02d' % number for number in range(7)] + ['l/x/1', 'l/x/2', 'l/y/1']
for key in keys:
    s3.put_object(Bucket='photos', Key=key, Body=b'')
for name in 'list_objects', 'list_objects_v2':
    pages = s3.get_paginator(name).paginate(
        Bucket='photos', Prefix='l/', Delimiter='/', PaginationConfig={'PageSize': 2})
    pages = list(pages)
    assert [one['Key'] for page in pages for one in page.get('Contents', [])] == keys[:7]
    assert [one['Prefix'] for page in pages for one in page.get('CommonPrefixes', [])] == ['l/x/', 'l/y/']
assert s3.list_objects_v2(Bucket='photos', Prefix='l/', StartAfter='l/05')['Contents'][0]['Key'] == 'l/06'
gone = s3.delete_objects(Bucket='photos', Delete={'Objects': [{'Key': key} for key in keys + ['none']]})
assert len(gone['Deleted']) == 11 and 'Errors' not in gone

# Versions.
s3.put_object(Bucket='photos', Key='v', Body=b'0')
s3.put_bucket_versioning(Bucket='photos', VersioningConfiguration={'Status': 'Enabled'})
first, last = [s3.put_object(Bucket='photos', Key='v', Body=body)['VersionId'] for body in (b'1', b'2')]
marker = s3.delete_object(Bucket='photos', Key='v')
assert marker['DeleteMarker'] and refused(s3.get_object, Bucket='photos', Key='v') == ('NoSuchKey', 404)
assert refused(s3.get_object, Bucket='photos', Key='v', VersionId=marker['VersionId']) == ('MethodNotAllowed', 405)
assert s3.get_object(Bucket='photos', Key='v', VersionId=first)['Body'].read() == b'1'
pages = s3.get_paginator('list_object_versions').paginate(
    Bucket='photos', Prefix='v', PaginationConfig={'PageSize': 1})
listed = [one for page in pages for one in page.get('DeleteMarkers', []) + page.get('Versions', [])]
assert [one['VersionId'] for one in listed] == [marker['VersionId'], last, first, 'null']
assert [one['IsLatest'] for one in listed] == [True, False, False, False]
s3.delete_object(Bucket='photos', Key='v', VersionId=marker['VersionId'])
assert s3.get_object(Bucket='photos', Key='v')['VersionId'] == last
s3.put_bucket_versioning(Bucket='photos', VersioningConfiguration={'Status': 'Suspended'})
s3.put_object(Bucket='photos', Key='v', Body=b'3')
assert s3.get_object(Bucket='photos', Key='v')['VersionId'] == 'null'
assert refused(s3.delete_bucket, Bucket='photos') == ('BucketNotEmpty', 409)

# Presigned URLs.
asked = dict(Bucket='photos', Key='signed')
url = s3.generate_presigned_url('put_object', Params=asked)
assert fetched(url, 'PUT', b'by URL')[0] == 200
url = s3.generate_presigned_url('get_object', Params=asked)
assert fetched(url) == (200, b'by URL')
assert fetched(url.replace('signed?', 'others?'))[0] == 403
assert fetched(url, headers={'Range': 'bytes=3-'}) == (206, b'URL')



# Forms.
def sent(data, **fields):
    head = '--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = ''.join(head % pair for pair in {**form['fields'], **fields}.items())
    body += '--x\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n'
    body = body.encode() + data + b'\r\n--x--\r\n'
    return fetched(form['url'], 'POST', body, {'Content-Type': 'multipart/form-data; boundary=x'})[0]


form = s3.generate_presigned_post('photos', 'form/${filename}', Conditions=[['content-length-range', 1, 9]])
assert sent(b'by form') == 204
assert s3.get_object(Bucket='photos', Key='form/f.txt')['Body'].read() == b'by form'
assert sent(b'too large!') == 400
assert sent(b'x', acl='private') == 403
assert sent(b'x', key='elsewhere') == 403
assert sent(b'x', **{'x-amz-signature': '0' * 64}) == 403

# Policies: of users, of buckets, and of nobody.
iam.create_user(UserName='ana')
key = iam.create_access_key(UserName='ana')['AccessKey']
ana = boto3.Session(key['AccessKeyId'], key['SecretAccessKey'], region_name='us-east-1').client('s3')


def policy(effect, action, resource, principal=None, condition=None):
    statement = {'Effect': effect, 'Action': action, 'Resource': resource}
    statement.update({'Principal': principal} if principal else {})
    statement.update({'Condition': condition} if condition else {})
    return json.dumps({'Version': '2012-10-17', 'Statement': [statement]})


def may(document):
    iam.put_user_policy(UserName='ana', PolicyName='p', PolicyDocument=document)


assert refused(ana.get_object, **asked) == ('AccessDenied', 403)
may(policy('Allow', 's3:GetObject', 'arn:aws:s3:::photos/*'))
assert ana.get_object(**asked)['Body'].read() == b'by URL'
assert refused(ana.get_object, Bucket='photos', Key='none') == ('AccessDenied', 403)
may(policy('Allow', ['s3:GetObject', 's3:ListBucket', 's3:DeleteObject'], ['arn:aws:s3:::photos', 'arn:aws:s3:::photos/d*']))
assert refused(ana.get_object, Bucket='photos', Key='dnone') == ('NoSuchKey', 404)
gone = ana.delete_objects(Bucket='photos', Delete={'Objects': [{'Key': 'd'}, {'Key': 'signed'}]})
assert [one['Code'] for one in gone['Errors']] == ['AccessDenied'] and len(gone['Deleted']) == 1
assert refused(ana.delete_object, Bucket='photos', Key='d', VersionId='null') == ('AccessDenied', 403)
may(policy('Allow', 's3:ListBucket', 'arn:aws:s3:::photos', condition={'StringLike': {'s3:prefix': 'd*'}}))
assert refused(ana.list_objects_v2, Bucket='photos') == ('AccessDenied', 403)
ana.list_objects_v2(Bucket='photos', Prefix='d')
user = 'arn:aws:iam::123456789012:user/ana'
s3.put_object_tagging(**asked, Tagging={'TagSet': [{'Key': 'open', 'Value': 'yes'}]})
s3.put_bucket_policy(Bucket='photos', Policy=policy(
    'Allow', 's3:GetObject', 'arn:aws:s3:::photos/*', {'AWS': user},
    {'StringEquals': {'s3:ExistingObjectTag/open': 'yes'}}))
assert ana.get_object(**asked)['Body'].read() == b'by URL'
assert refused(ana.get_object, Bucket='photos', Key='v') == ('AccessDenied', 403)
open_to_all = policy('Allow', 's3:GetObject', 'arn:aws:s3:::photos/*', '*')
assert refused(s3.put_bucket_policy, Bucket='photos', Policy=open_to_all) == ('AccessDenied', 403)
elsewhere = policy('Allow', 's3:GetObject', 'arn:aws:s3:::more/*', '*')
assert refused(s3.put_bucket_policy, Bucket='photos', Policy=elsewhere) == ('MalformedPolicy', 400)
assert fetched(ENDPOINT + '/photos/signed')[0] == 403
s3.delete_public_access_block(Bucket='photos')
s3.put_bucket_policy(Bucket='photos', Policy=open_to_all)
assert s3.get_bucket_policy_status(Bucket='photos')['PolicyStatus']['IsPublic']
assert fetched(ENDPOINT + '/photos/signed') == (200, b'by URL')
assert fetched(ENDPOINT + '/photos/none')[0] == 403
assert fetched(ENDPOINT + '/photos/signed', 'PUT', b'x')[0] == 403

# Configurations come back as they were given.
assert refused(s3.get_bucket_cors, Bucket='photos') == ('NoSuchCORSConfiguration', 404)
rules = [{'AllowedMethods': ['GET'], 'AllowedOrigins': ['*'], 'MaxAgeSeconds': 5}]
s3.put_bucket_cors(Bucket='photos', CORSConfiguration={'CORSRules': rules})
assert s3.get_bucket_cors(Bucket='photos')['CORSRules'] == rules
tags = [{'Key': 'a', 'Value': 'b'}]
s3.put_bucket_tagging(Bucket='photos', Tagging={'TagSet': tags})
assert s3.get_bucket_tagging(Bucket='photos')['TagSet'] == tags
s3.delete_bucket_tagging(Bucket='photos')
assert refused(s3.get_bucket_tagging, Bucket='photos') == ('NoSuchTagSet', 404)
metrics = {'Id': 'm', 'Filter': {'Prefix': 'x'}}
s3.put_bucket_metrics_configuration(Bucket='photos', Id='m', MetricsConfiguration=metrics)
assert s3.list_bucket_metrics_configurations(Bucket='photos')['MetricsConfigurationList'] == [metrics]
assert refused(s3.get_bucket_metrics_configuration, Bucket='photos', Id='n') == ('NoSuchConfiguration', 404)
print('done')
