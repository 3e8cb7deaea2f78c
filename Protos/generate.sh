#!/bin/sh
# Writes the Swift messages of Protos/ into Sources/Wire/Generated and the Python ones into
# Clients/python. Needs protoc (Debian: protobuf-compiler); builds protoc-gen-swift from the
# swift-protobuf version that the package pins.
set -eu

cd "$(dirname "$0")/.."
swift build -c release --product protoc-gen-swift
plugin="$(swift build -c release --show-bin-path)/protoc-gen-swift"
wire="fusebox/v1/common.proto fusebox/v1/client.proto fusebox/v1/worker.proto"

mkdir -p Sources/Wire/Generated
protoc --proto_path=Protos --plugin="protoc-gen-swift=$plugin" \
    --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
    --swift_opt=FileNaming=DropPath --swift_out=Sources/Wire/Generated $wire fusebox/v1/journal.proto

# The generator does not know strict memory safety: it leaves this one read unmarked, which is of
# an immutable instance and therefore safe.
sed -i 's/= _StorageClass\.defaultInstance/= unsafe _StorageClass.defaultInstance/' \
    Sources/Wire/Generated/*.pb.swift

# Python's generator imports by the path of the .proto file; inside the package that is relative.
python=Clients/python/src/fusebox_client/wire
mkdir -p "$python"
protoc --proto_path=Protos --python_out="$python" --pyi_out="$python" $wire
mv "$python"/fusebox/v1/*_pb2.py "$python"/fusebox/v1/*_pb2.pyi "$python"
rmdir "$python/fusebox/v1" "$python/fusebox"
sed -i 's/^from fusebox\.v1 import/from fusebox_client.wire import/' "$python"/*_pb2.py "$python"/*_pb2.pyi
