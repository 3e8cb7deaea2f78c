/// The 256 printable characters that stand for bytes in byte-level vocabularies (GPT-2's
/// `bytes_to_unicode`): printable Latin-1 stands for itself, the others for U+0100 and up in order.
enum ByteAlphabet {
    private static let firstShifted: UInt32 = 0x100

    private static func isPrintable(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
    }

    private static let shifted: [UInt8] = (UInt8.min...UInt8.max).filter { !isPrintable($0) }

    /// The byte that a character stands for; nil when it stands for none.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        if let byte = UInt8(exactly: scalar.value) { return isPrintable(byte) ? byte : nil }
        let index = Int(scalar.value) - Int(firstShifted)
        return shifted.indices.contains(index) ? shifted[index] : nil
    }

    /// The bytes that a string stands for; nil when one of its characters stands for none.
    static func bytes(of string: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(string.utf8.count)
        for scalar in string.unicodeScalars {
            guard let byte = byte(of: scalar) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
