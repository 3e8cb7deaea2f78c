import Adapters
import Models
import Tensors

/// The demo of adapters for a published model, on the model that somebody gave for it.
struct RealDemo {
    let model: String
    let adapters: String

    /// Refuses a model that the adapters do not fit.
    ///
    /// - Returns: a warning about one that they fit and that has another name; nil for the one they were trained for.
    func check() throws -> String? {
        let base = try Checkpoint(path: model).shape
        var wanted: String?
        for place in try AdapterPlace.all(in: adapters) {
            wanted = try AdapterOutline(path: place.path).baseName ?? wanted
            do {
                _ = try Adapter(path: place.path, base: base)
            } catch {
                let reason = error.message.replacing("\(place.path): ", with: "")
                throw CommandError(
                    "\(description(of: base)) is not \(wanted ?? "the model"), which the demo's adapters were trained for: \(place.name): \(reason); \(advice)"
                )
            }
        }
        guard let wanted, !isCalled(wanted, base) else { return nil }
        return
            "\(description(of: base)) has the shape of \(wanted), which the demo's adapters were trained for, and another name; if it is another model their replies are wrong, and \(advice)"
    }

    private var advice: String {
        "Demo/real/fetch.sh fetches the right one, while fusebox serve --model \(model.inShell) --adapters FOLDER serves this one with adapters of its own"
    }

    private func description(of base: BaseShape) -> String {
        "\(model): \"\(base.name.prefix(128))\" (\(base.digest))"
    }

    /// Whether the model or its file has the last part of a hub's name in its own; converters give models other names.
    private func isCalled(_ hubName: String, _ base: BaseShape) -> Bool {
        let wanted = hubName.split(separator: "/").last?.lowercased() ?? ""
        return [base.name, model].contains { $0.lowercased().contains(wanted) }
    }
}
