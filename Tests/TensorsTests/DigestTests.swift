import Tensors
import Testing

@Suite struct DigestTests {
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func digestsAreSHA256() throws {
        let digest = Digest(of: Array("abc".utf8))
        #expect(digest.description == abc)
        #expect(digest.bytes.count == 32)
        #expect(digest.bytes.first == 0xBA)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(abc) == digest)
        #expect(Digest(abc.uppercased()) == digest)
    }

    @Test func whatIsNoDigestIsNil() {
        let wrong = [
            "", String(abc.dropLast()), abc + "0", "g" + abc.dropFirst(), " " + abc.dropFirst(),
        ]
        for text in wrong { #expect(Digest(text) == nil) }
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }

    @Test func digestsOrderLikeTheirBytes() throws {
        let small = try #require(Digest(bytes: [UInt8](repeating: 0, count: 31) + [1]))
        let large = try #require(Digest(bytes: [1] + [UInt8](repeating: 0, count: 31)))
        #expect(small < large)
        #expect(!(large < small))
        #expect(Set([small, large, small]).count == 2)
    }
}
