extension DType {
    init?(ggmlNumber number: UInt32) {
        guard let type = Self.allCases.first(where: { $0.ggmlNumber == number }) else { return nil }
        self = type
    }

    /// Why a type that ggml has a number for is not read, for the message.
    static func refusal(ofGGMLNumber number: UInt32) -> String {
        // ggml computes with the first two and writes them to no file; the packed ones are gone from it.
        let names: [UInt32: String] = [
            9: "Q8_1", 15: "Q8_K", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8",
            36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8", 41: "Q1_0",
        ]
        let known = allCases.filter { $0.isReal && $0.ggmlNumber != nil }
            .map { $0.rawValue.uppercased() }.joined(separator: ", ")
        return
            "the type \(names[number] ?? "number \(number)") is not supported; \(known) are"
    }
}
