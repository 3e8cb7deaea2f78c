internal import Optimization

extension SeededRandom {
    /// Seeded by a number and a name, so that what is drawn for one module does not depend on the others.
    init(seed: UInt64, name: String) {
        // FNV-1a of the name.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.init(seed: hash ^ seed)
        // Seeds that differ in a bit part ways.
        self.init(seed: next())
    }
}
