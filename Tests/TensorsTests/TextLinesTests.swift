import Foundation
import Testing

@testable import Tensors

@Suite("Lines of text files")
struct TextLinesTests {
    private func read(_ bytes: [UInt8], limit: Int = 100) throws -> [String] {
        try TextLines(bytes: bytes, path: "rows", limit: limit).lines
            .map { "\($0.number):\(String(decoding: $0.bytes, as: UTF8.self))" }
    }

    @Test("Empty lines and blanks are left out and counted, a byte order mark is not text")
    func numbers() throws {
        #expect(
            try read([0xEF, 0xBB, 0xBF] + Array("a\n\n \t\r\nb\r\nc".utf8)) == [
                "1:a", "4:b\r", "5:c",
            ])
        #expect(try read([]).isEmpty)
        #expect(try read(Array("\n\n".utf8)).isEmpty)
    }

    @Test("What gzip packed is unpacked, up to the limit; errors name the file")
    func packed() throws {
        // "a\nb\n", by gzip.
        let bytes = [UInt8](try #require(Data(base64Encoded: "H4sIAAAAAAACA0vkSuICAJcqVxgEAAAA")))
        #expect(try read(bytes) == ["1:a", "2:b"])
        for (damaged, limit) in [(bytes, 3), (Array(bytes.dropLast(5)), 100)] {
            let error = #expect(throws: TensorError.self) { try read(damaged, limit: limit) }
            #expect(error?.message.hasPrefix("rows: ") == true)
        }
    }

    @Test(
        "UTF-16 is refused in words", arguments: [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61]])
    func otherEncodings(bytes: [UInt8]) {
        let error = #expect(throws: TensorError.self) { try read(bytes) }
        #expect(error?.message == "rows: is UTF-16; save it as UTF-8")
    }
}
