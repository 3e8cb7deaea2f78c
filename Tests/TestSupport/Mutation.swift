/// Random damage to a file, repeatable by its generator.
public enum Mutation {
    /// One to four changes: bits flipped, bytes replaced by extremes, runs cut out, repeated or swapped in, the end cut off.
    public static func of(_ bytes: [UInt8], using random: inout some RandomNumberGenerator)
        -> [UInt8]
    {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, position + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 2:
                bytes[position] =
                    [0x00, 0xFF, 0x7F, 0x80, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x2D].randomElement(
                        using: &random) ?? 0
            case 3: bytes.removeSubrange(position..<end)
            case 4: bytes.insert(contentsOf: bytes[position..<end], at: position)
            case 5:
                let target = Int.random(in: 0...bytes.count - (end - position), using: &random)
                bytes.replaceSubrange(
                    target..<target + end - position, with: Array(bytes[position..<end]))
            case 6: bytes.removeSubrange(position...)
            default:
                // A number of eight bytes becomes absurd.
                let value: UInt64 =
                    [0, 1, .max, 1 << 63, 1 << 32, 1 << 53].randomElement(using: &random) ?? 0
                for index in position..<min(bytes.count, position + 8) {
                    bytes[index] = UInt8(
                        truncatingIfNeeded: value >> UInt64(8 * (index - position)))
                }
            }
        }
        return bytes
    }
}
