"""As much of S3 as a client needs that writes, lists, copies and deletes: path-style, multipart uploads included.

After docs.aws.amazon.com/AmazonS3/latest/API. An upload is to be seen when it is completed and not before.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from simulators.server import Reply, Request, Simulator

_XML = {"Content-Type": "application/xml"}
_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class S3Simulator(Simulator):
    def __init__(self, bucket: str = "bucket") -> None:
        super().__init__()
        self.bucket = bucket
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}

    def uri(self, prefix: str) -> str:
        port = self.url.rsplit(":", 1)[1]
        return (
            f"s3://key:secret@{self.bucket}/{prefix}?scheme=http&region=us-east-1&endpoint_override=127.0.0.1%3A{port}"
        )

    def handle(self, request: Request) -> Reply:
        bucket, _, key = unquote(request.path).lstrip("/").partition("/")
        if bucket != self.bucket:
            return _error(404, "NoSuchBucket")
        query = request.query
        if not key:
            return self._list(query) if request.method == "GET" else Reply(200)
        if request.method == "POST":
            return self._multipart(key, query, request.body)
        if request.method == "PUT":
            return self._put(key, query, request)
        if request.method == "DELETE":
            self.uploads.pop(query.get("uploadId", [""])[0], None) if "uploadId" in query else self.objects.pop(
                key, None
            )
            return Reply(204)
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        return Reply(200, self.objects[key], {"ETag": '"e"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"})

    def _put(self, key: str, query: dict[str, list[str]], request: Request) -> Reply:
        if source := request.headers.get("x-amz-copy-source"):
            name = unquote(source).lstrip("/").partition("/")[2]
            if name not in self.objects:
                return _error(404, "NoSuchKey")
            self.objects[key] = self.objects[name]
            told = f"<CopyObjectResult {_NAMESPACE}><ETag>e</ETag></CopyObjectResult>"
            return Reply(200, told.encode(), _XML)
        content = _plain(request)
        if "partNumber" in query:
            self.uploads[query["uploadId"][0]][int(query["partNumber"][0])] = content
        else:
            self.objects[key] = content
        return Reply(200, None, {"ETag": '"e"'})

    def _multipart(self, key: str, query: dict[str, list[str]], body: bytes) -> Reply:
        if "uploads" in query:
            upload = f"u{len(self.uploads)}"
            self.uploads[upload] = {}
            told = f"<Bucket>{self.bucket}</Bucket><Key>{escape(key)}</Key><UploadId>{upload}</UploadId>"
            made = f"<InitiateMultipartUploadResult {_NAMESPACE}>{told}</InitiateMultipartUploadResult>"
            return Reply(200, made.encode(), _XML)
        parts = self.uploads.pop(query["uploadId"][0])
        wanted = [
            int(str(each.text)) for each in ElementTree.fromstring(body).iter() if each.tag.endswith("PartNumber")
        ]
        self.objects[key] = b"".join(parts[number] for number in wanted)
        told = f"<Key>{escape(key)}</Key><ETag>e</ETag>"
        done = f"<CompleteMultipartUploadResult {_NAMESPACE}>{told}</CompleteMultipartUploadResult>"
        return Reply(200, done.encode(), _XML)

    def _list(self, query: dict[str, list[str]]) -> Reply:
        prefix, mark = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        found = [key for key in sorted(self.objects) if key.startswith(prefix)]
        direct = [key for key in found if not mark or mark not in key.removeprefix(prefix)]
        told = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key])}</Size><ETag>e</ETag>"
            "<LastModified>2024-01-01T00:00:00.000Z</LastModified></Contents>"
            for key in direct
        )
        head = f"<Name>{self.bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(direct)}</KeyCount>"
        listed = f"<ListBucketResult {_NAMESPACE}>{head}<IsTruncated>false</IsTruncated>{told}</ListBucketResult>"
        return Reply(200, listed.encode(), _XML)


def _plain(request: Request) -> bytes:
    """The content without the chunks that signing clients put it in."""
    if "aws-chunked" not in request.headers.get("content-encoding", ""):
        return request.body
    content, rest = b"", request.body
    while rest:
        head, _, rest = rest.partition(b"\r\n")
        size = int(head.split(b";")[0] or b"0", 16)
        if not size:
            break
        content, rest = content + rest[:size], rest[size + 2 :]
    return content


def _error(status: int, code: str) -> Reply:
    body: Any = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
    return Reply(status, body, _XML)
