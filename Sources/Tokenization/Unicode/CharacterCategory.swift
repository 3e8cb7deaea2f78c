/// The general categories that split patterns name, those of the `tokenizers` package.
enum CharacterCategory: UInt8 {
    case other
    case uppercaseLetter, lowercaseLetter, titlecaseLetter, modifierLetter, otherLetter
    case mark, number, punctuation, symbol

    /// The bits of the categories that `\p{name}` stands for; nil for names that are not known.
    static func mask(named name: String) -> UInt16? {
        let categories: [CharacterCategory]
        switch name {
        case "L":
            categories = [
                .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            ]
        case "Lu": categories = [.uppercaseLetter]
        case "Ll": categories = [.lowercaseLetter]
        case "Lt": categories = [.titlecaseLetter]
        case "Lm": categories = [.modifierLetter]
        case "Lo": categories = [.otherLetter]
        case "M": categories = [.mark]
        case "N": categories = [.number]
        case "P": categories = [.punctuation]
        case "S": categories = [.symbol]
        default: return nil
        }
        return categories.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    /// One byte a code point, up to the last that is in a category.
    private static let table: [UInt8] = hexadecimalTable(runs).reduce(into: []) { table, run in
        table += repeatElement(UInt8(run & 15), count: Int(run >> 4))
    }

    /// A copy of the table to take once before a loop over characters.
    static var lookup: Lookup { Lookup(table: table) }

    struct Lookup {
        fileprivate let table: [UInt8]

        /// The bit of a character's category.
        subscript(scalar: UInt32) -> UInt16 {
            let index = Int(scalar)
            return 1 << UInt16(index < table.count ? table[index] : 0)
        }
    }
}
