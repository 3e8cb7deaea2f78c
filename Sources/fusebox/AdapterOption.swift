internal import Adapters
internal import ArgumentParser

/// An adapter on the command line: `NAME=PATH@WEIGHT`; the last `@` before a number counts, without one the weight is 1.
struct AdapterOption: ExpressibleByArgument {
    /// The registry name.
    let name: String
    /// A PEFT directory.
    let path: String
    /// In units of `1 / AdapterMix.unit`.
    let weight: Int32

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        name = String(argument[..<equals])
        guard AdapterShelf.isValid(name: name) else { return nil }
        let place = argument[argument.index(after: equals)...]
        if let at = place.lastIndex(of: "@"), let number = Double(place[place.index(after: at)...])
        {
            guard let weight = AdapterMix.weight(number) else { return nil }
            self.weight = weight
            path = String(place[..<at])
        } else {
            weight = AdapterMix.unit
            path = String(place)
        }
        guard !path.isEmpty else { return nil }
    }

    /// For the help of options that take it.
    static let form: ArgumentHelp = ArgumentHelp(
        "An adapter and its weight, which may be left out for 1; may be repeated.",
        discussion:
            "Names have lower-case letters, digits, '.', '_', '-', at most 64; weights lie in -64...64.",
        valueName: "name=path@weight")
}
