import FuseboxWire
import Tensors
import TestSupport
import Testing

@Suite struct KeyFileTests {
    @Test func keysOpenUntilTheyAreRevoked() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("keys.json")
        var keys = KeyFile()
        let key = try keys.add(name: "me", created: "2026-11-29")
        #expect(key.utf8.count == "fusebox-".utf8.count + 64)
        #expect(throws: TensorError.self) { try keys.add(name: "me", created: "2026-11-29") }
        #expect(throws: TensorError.self) { try keys.add(name: "", created: "2026-11-29") }
        try keys.write(path: path)
        var read = try KeyFile(path: path)
        #expect(read == keys)
        #expect(read[Digest(of: Array(key.utf8))] == "me")
        #expect(read[Digest(of: Array("fusebox-".utf8))] == nil)
        #expect(!read.json.text.contains(key))
        let isRevoked = read.revoke(name: "me")
        #expect(isRevoked && read[Digest(of: Array(key.utf8))] == nil)
        let isRevokedAgain = read.revoke(name: "me")
        #expect(!isRevokedAgain)
    }

    @Test(
        "A file that is wrong opens nothing",
        arguments: [
            "", "{}", "[]", #"{"keys": [{}]}"#,
            #"{"keys": [{"name": "a", "sha256": "00", "created": ""}]}"#,
        ])
    func wrongFiles(text: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("keys.json")
        let file = try AtomicFile(path: path, isPrivate: true)
        try file.write(Array(text.utf8))
        try file.commit()
        #expect(throws: TensorError.self) { try KeyFile(path: path) }
    }

    @Test func othersMustNotReadIt() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("keys.json")
        let file = try AtomicFile(path: path)
        try file.write(Array(#"{"keys": []}"#.utf8))
        try file.commit()
        let error = #expect(throws: TensorError.self) { try KeyFile(path: path) }
        #expect(error?.message.contains("chmod 600") == true)
    }
}
