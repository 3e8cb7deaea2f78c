extension WireSelection {
    /// Reads `auto`, `auto:NAME,NAME`, `base` or `NAME=WEIGHT,NAME`; a weight that is left out is 1.
    ///
    /// - Throws: `.invalidField`, saying what may be written.
    public init(text: String) throws(WireError) {
        self.init()
        if text == "auto" {
            auto = WireAutoSelection()
        } else if text == "base" {
            base = WireBaseSelection()
        } else if text.hasPrefix("auto:") {
            auto.allowed = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            guard !auto.allowed.contains("") else { throw Self.unreadable(text) }
        } else {
            for share in text.split(separator: ",", omittingEmptySubsequences: false) {
                let equals = share.lastIndex(of: "=")
                let name = share[..<(equals ?? share.endIndex)]
                let weight = equals.map { Float(share[share.index(after: $0)...]) } ?? 1
                guard !name.isEmpty, let weight, weight.isFinite else {
                    throw Self.unreadable(text)
                }
                fixed.shares.append(
                    WireNamedWeight {
                        $0.name = String(name)
                        $0.weight = weight
                    })
            }
        }
    }

    private static func unreadable(_ text: String) -> WireError {
        WireError(
            .invalidField,
            "cannot select \"\(text)\"; write auto, auto:NAME,NAME, base or NAME=WEIGHT,NAME (1)")
    }
}
