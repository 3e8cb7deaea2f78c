internal import Adapters
internal import ArgumentParser

/// An adapter on the command line: `NAME=PATH@WEIGHT`; the last `@` before a number counts, without one the weight is 1.
struct AdapterOption {
    /// The registry name.
    let name: String
    /// A PEFT directory.
    let path: String
    /// In units of `1 / AdapterMix.unit`.
    let weight: Int32
    /// The same as it was written.
    let number: Double

    init(argument: String) throws(ValidationError) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw ValidationError("write NAME=PATH or NAME=PATH@WEIGHT")
        }
        name = String(argument[..<equals])
        guard AdapterShelf.isValid(name: name) else {
            throw ValidationError(AdapterShelf.nameRule)
        }
        let place = argument[argument.index(after: equals)...]
        if let at = place.lastIndex(of: "@"), let number = Double(place[place.index(after: at)...])
        {
            guard let weight = AdapterMix.weight(number) else {
                throw ValidationError("a weight lies in -64...64")
            }
            self.weight = weight
            self.number = number
            path = String(place[..<at])
        } else {
            weight = AdapterMix.unit
            number = 1
            path = String(place)
        }
        guard !path.isEmpty else { throw ValidationError("the path is empty") }
    }

    /// For the help of options that take it.
    static let form: ArgumentHelp = ArgumentHelp(
        "An adapter and its weight, which may be left out for 1; may be repeated.",
        discussion:
            "Names have letters, digits, '.', '_', '-', at most 64; weights lie in -64...64.",
        valueName: "name=path@weight")
}
