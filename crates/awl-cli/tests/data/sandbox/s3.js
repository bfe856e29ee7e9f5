// What the AWS SDK for JavaScript meets in S3: parts, a stream, presigned URLs.
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, HeadObjectCommand,
  ListObjectsV2Command } = require('@aws-sdk/client-s3');
const { Upload } = require('@aws-sdk/lib-storage');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');
const { Readable } = require('stream');
const assert = require('assert');

(async () => {
  const client = new S3Client({});
  await client.send(new CreateBucketCommand({ Bucket: 'script' }));
  const data = Buffer.alloc((11 << 20) + 3, 'abcdefg');
  const upload = new Upload({
    client, partSize: 5 << 20, queueSize: 2,
    params: { Bucket: 'script', Key: 'large', Body: Readable.from([data.subarray(0, 6 << 20), data.subarray(6 << 20)]) },
  });
  const done = await upload.done();
  assert.match(done.ETag, /^"[0-9a-f]{32}-3"$/);
  const object = await client.send(new GetObjectCommand({ Bucket: 'script', Key: 'large' }));
  assert.ok(data.equals(Buffer.from(await object.Body.transformToByteArray())));
  await client.send(new PutObjectCommand({ Bucket: 'script', Key: 'small ü', Body: 'text', Metadata: { a: 'b' } }));
  const head = await client.send(new HeadObjectCommand({ Bucket: 'script', Key: 'small ü', ChecksumMode: 'ENABLED' }));
  assert.deepStrictEqual(head.Metadata, { a: 'b' });
  const listed = await client.send(new ListObjectsV2Command({ Bucket: 'script' }));
  assert.deepStrictEqual(listed.Contents.map((one) => one.Key), ['large', 'small ü']);
  const put = await getSignedUrl(client, new PutObjectCommand({ Bucket: 'script', Key: 'signed' }), { expiresIn: 60 });
  assert.strictEqual((await fetch(put, { method: 'PUT', body: 'by URL' })).status, 200);
  const get = await getSignedUrl(client, new GetObjectCommand({ Bucket: 'script', Key: 'signed' }), { expiresIn: 60 });
  assert.strictEqual(await (await fetch(get)).text(), 'by URL');
  assert.strictEqual((await fetch(get.replace('signed', 'other'))).status, 403);
  await assert.rejects(client.send(new GetObjectCommand({ Bucket: 'script', Key: 'none' })), { name: 'NoSuchKey' });
  console.log('done');
})().catch((error) => { console.error(error); process.exit(1); });
