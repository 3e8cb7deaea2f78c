import FuseboxClient
import Tensors
import Wire

/// Writes a reply as it comes, for people: with colour each segment wears that of its mix, and a
/// legend of the weights follows.
///
/// Parts come interleaved and are written one after the other: the first that has not ended as it
/// comes, the later ones when their turn comes.
struct ReplyPrinter {
    private struct Part {
        var segments: [WireSegment] = []
        var pending = ""
        /// Whether what was written of it last ends a line.
        var endsLine = true
        var isEnded = false
    }

    private static let colours = [36, 33, 35, 32, 34, 31]

    /// The colour of the mix of a number, told apart on light and dark backgrounds.
    ///
    /// The base has the terminal's own.
    static func colour(_ number: Int) -> Int { colours[number % colours.count] }

    private let isColoured: Bool
    private let write: (String) -> Void
    private var parts: [Part] = []
    private var current = 0
    /// In the order of their first use.
    private var mixes: [(mix: WireMix, colour: Int?)] = []

    init(isColoured: Bool, write: @escaping (String) -> Void) {
        self.isColoured = isColoured
        self.write = write
    }

    mutating func receive(_ event: ReplyEvent) {
        switch event {
        case .accepted(let accepted): grow(to: accepted.parts)
        case .routed(let routed):
            grow(to: routed.part + 1)
            parts[Int(routed.part)].segments.append(routed.segment)
        case .chunk(let chunk):
            grow(to: chunk.part + 1)
            let text = styled(chunk)
            parts[Int(chunk.part)].pending += text
            if let last = chunk.text.utf8.last {
                parts[Int(chunk.part)].endsLine = last == UInt8(ascii: "\n")
            }
        case .done(let done): end(done.part)
        case .failed(let failed): end(failed.part)
        }
        writeWhatIsDue()
    }

    private mutating func end(_ part: UInt32) {
        grow(to: part + 1)
        parts[Int(part)].isEnded = true
    }

    private mutating func grow(to count: UInt32) {
        while parts.count < Int(count) { parts.append(Part()) }
    }

    private mutating func writeWhatIsDue() {
        while current < parts.count {
            if !parts[current].pending.isEmpty { write(parts[current].pending) }
            parts[current].pending = ""
            guard parts[current].isEnded else { return }
            startLine()
            current += 1
        }
    }

    /// Ends the line that the reply stands in, so that something else can be written.
    mutating func startLine() {
        guard current < parts.count, !parts[current].endsLine else { return }
        parts[current].endsLine = true
        write("\n")
    }

    private mutating func styled(_ chunk: WireChunk) -> String {
        guard isColoured, !chunk.text.isEmpty else { return chunk.text }
        let segment = parts[Int(chunk.part)].segments.last { $0.fromToken <= chunk.offset }
        let text = Self.printable(chunk.text)
        guard let colour = colour(of: segment?.mix ?? WireMix()) else { return text }
        return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
    }

    private mutating func colour(of mix: WireMix) -> Int? {
        if let known = mixes.first(where: { $0.mix == mix }) { return known.colour }
        let used = mixes.count { $0.colour != nil }
        let colour = mix.shares.isEmpty ? nil : Self.colour(used)
        mixes.append((mix, colour))
        return colour
    }

    /// What a model writes must not command the terminal.
    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            result.append(isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    /// One line: every mix in its colour, with its weights; nil where there is no colour.
    var legend: String? {
        guard isColoured, !mixes.isEmpty else { return nil }
        return mixes.map { mix, colour in
            let text = "\u{25A0} " + Self.description(of: mix)
            return colour.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
        }.joined(separator: "  ")
    }

    /// `sea 0.62 + joy 0.38`.
    static func description(of mix: WireMix) -> String {
        guard !mix.shares.isEmpty else { return "base" }
        return mix.shares.map { share in
            let digest = Digest(bytes: share.adapter).map { String($0.description.prefix(8)) }
            let name = share.name.isEmpty ? digest ?? "?" : printable(share.name)
            let hundredths = (Int(share.weight) * 100 + (share.weight < 0 ? -512 : 512)) / 1024
            let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
            let sign = hundredths < 0 ? "-" : ""
            return "\(name) \(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
        }.joined(separator: " + ")
    }
}
