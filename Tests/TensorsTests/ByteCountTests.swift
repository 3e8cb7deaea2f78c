import Tensors
import Testing

@Suite struct ByteCountTests {
    @Test func suffixesArePowersOf1024() {
        let cases: [(String, Int)] = [
            ("0", 0), ("1048576", 1 << 20), ("3K", 3 << 10), ("512M", 512 << 20), ("4g", 4 << 30),
            ("2T", 2 << 40),
        ]
        for (text, bytes) in cases { #expect(ByteCount(text)?.bytes == bytes) }
    }

    @Test(arguments: [
        "", "M", "-1", "+1", "1.5G", "4 G", "4GB", "0x10", "٣", "9223372036854775808", "9000000T",
    ])
    func otherTextsAreNone(_ text: String) {
        #expect(ByteCount(text) == nil)
    }
}
