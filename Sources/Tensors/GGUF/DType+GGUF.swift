extension DType {
    /// ggml's number of the type; nil for types that it does not have.
    var ggmlNumber: UInt32? {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q4_0: 2
        case .q5_0: 6
        case .q8_0: 8
        case .q4_K: 12
        case .q5_K: 13
        case .q6_K: 14
        case .i8: 24
        case .i16: 25
        case .i32: 26
        case .i64: 27
        case .f64: 28
        case .bf16: 30
        case .u64, .u32, .u16, .u8, .bool: nil
        }
    }

    init?(ggmlNumber number: UInt32) {
        guard let type = Self.allCases.first(where: { $0.ggmlNumber == number }) else { return nil }
        self = type
    }

    /// What ggml calls a type that is not read here, for the message.
    static func ggmlName(_ number: UInt32) -> String {
        let names: [UInt32: String] = [
            3: "Q4_1", 7: "Q5_1", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS",
            17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
            23: "IQ4_XS",
            29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
        ]
        return names[number] ?? "number \(number)"
    }
}
