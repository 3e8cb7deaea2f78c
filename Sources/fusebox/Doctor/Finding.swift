import Tensors

/// What was found of one thing that a service needs.
struct Finding: Equatable {
    enum Grade: String {
        case ok
        /// A service starts, and serves less than it could.
        case warning
        /// A service does not start, or not with all that it is told.
        case fault
    }

    let grade: Grade
    /// What was looked at: "model", "adapters", ...
    let subject: String
    let text: String
    /// A command that mends it.
    let repair: String?

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(grade: .ok, subject: subject, text: text, repair: nil)
    }

    static func warning(_ subject: String, _ text: String, repair: String?) -> Finding {
        Finding(grade: .warning, subject: subject, text: text, repair: repair)
    }

    static func fault(_ subject: String, _ text: String, repair: String?) -> Finding {
        Finding(grade: .fault, subject: subject, text: text, repair: repair)
    }

    /// Two lines at most: what is so, and what mends it.
    var lines: String {
        let subject = self.subject.padding(toWidth: 11)
        return grade.rawValue.padding(toWidth: 9) + subject + text + "\n"
            + (repair.map { String(repeating: " ", count: 20) + "$ \($0)\n" } ?? "")
    }

    var json: JSONValue {
        .object([
            "grade": .string(grade.rawValue), "subject": .string(subject), "text": .string(text),
            "repair": repair.map { .string($0) } ?? .null,
        ])
    }
}

extension String {
    fileprivate func padding(toWidth width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
