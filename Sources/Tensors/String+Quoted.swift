extension String {
    /// The text in quotation marks, fit for one line of a message whoever wrote it.
    ///
    /// Control characters, quotation marks and backslashes are escaped; what follows the first 128 scalars is left out.
    public var quoted: String {
        let shown = unicodeScalars.prefix(128)
        let text = shown.map {
            $0.properties.generalCategory == .control
                ? $0.escaped(asASCII: true) : $0.escaped(asASCII: false)
        }
        let isCut = shown.endIndex != unicodeScalars.endIndex
        return "\"\(text.joined())\(isCut ? "…" : "")\""
    }
}
