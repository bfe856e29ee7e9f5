#![allow(clippy::all)]
use awl_protocol::*;
use std::time::Instant;
fn main() {
    let src = std::path::PathBuf::from("/work/ref/botocore-1.44.5/botocore/data");
    let mut files = awl_model_compiler::Files::new();
    for p in ["ec2/2016-11-15/service-2.json","dynamodb/2012-08-10/service-2.json","s3/2006-03-01/service-2.json"] {
        let path = src.join(p);
        files.insert(p.into(), std::fs::read(path).unwrap());
    }
    let store = awl_test::compile_files(&files);
    // ec2
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n    <requestId>8f7724cf</requestId>\n    <reservationSet>");
    let item = std::fs::read_to_string("/tmp/ec2item.xml").unwrap();
    for _ in 0..1000 { xml.push_str(&item); }
    xml.push_str("</reservationSet></DescribeInstancesResponse>");
    let op = store.service("ec2").unwrap().operation("DescribeInstances").unwrap();
    let h = Headers::new();
    for _ in 0..6 { let t = Instant::now(); let m = parse_response(op, 200, &h, xml.as_bytes(), &ParseOptions::default()).unwrap(); let e=t.elapsed(); println!("ec2 {} bytes {:?} {}", xml.len(), e, m.len()); 
     let t = Instant::now(); drop(m); println!("  drop {:?}", t.elapsed()); }
    let mut js = String::from("{\"Items\":[");
    for i in 0..10000 { if i>0 {js.push(',');} js.push_str(&format!("{{\"pk\":{{\"S\":\"user#{i:08}\"}},\"sk\":{{\"S\":\"order#{i:08}\"}},\"data\":{{\"M\":{{\"name\":{{\"S\":\"some name of a customer here\"}},\"count\":{{\"N\":\"{i}\"}},\"ok\":{{\"BOOL\":true}},\"tags\":{{\"L\":[{{\"S\":\"one\"}},{{\"S\":\"two\"}},{{\"N\":\"3\"}}]}} }} }},\"text\":{{\"S\":\"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam quis nostrud exercitation ullamco laboris nisi.\"}} }}")); }
    js.push_str("],\"Count\":10000,\"ScannedCount\":10000}");
    let op = store.service("dynamodb").unwrap().operation("Scan").unwrap();
    for _ in 0..30 { let t = Instant::now(); let m = parse_response(op, 200, &h, js.as_bytes(), &ParseOptions::default()).unwrap(); let e=t.elapsed(); println!("ddb {} bytes {:?} {}", js.len(), e, m.len()); 
     let t = Instant::now(); drop(m); println!("  drop {:?}", t.elapsed()); 
     let t = Instant::now(); let v = awl_value::json::parse(&js).unwrap(); println!("  plain parse {:?}", t.elapsed()); drop(v)}
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>");
    for i in 0..1000 { xml.push_str(&format!("<Contents><Key>some/prefix/key-{i:08}.txt</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>12345</Size><StorageClass>STANDARD</StorageClass></Contents>")); }
    xml.push_str("</ListBucketResult>");
    let op = store.service("s3").unwrap().operation("ListObjectsV2").unwrap();
    for _ in 0..6 { let t = Instant::now(); let m = parse_response(op, 200, &h, xml.as_bytes(), &ParseOptions::default()).unwrap(); let e=t.elapsed(); println!("s3 1000 keys {} bytes {:?} {}", xml.len(), e, m.len()); }
}
