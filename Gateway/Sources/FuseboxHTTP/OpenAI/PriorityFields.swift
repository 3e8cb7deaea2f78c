internal import FuseboxWire
internal import Wire

/// Who goes first: `fusebox.priority`, or OpenAI's `service_tier`.
enum PriorityFields {
    static func priority(
        _ body: inout FieldReader, _ options: inout FieldReader
    ) throws(APIError) -> WirePriority {
        let own = try options.word("priority", of: WirePriority.self)
        guard let tier = try body.string("service_tier"), tier != "auto" else {
            return own ?? .unspecified
        }
        let meant: WirePriority
        switch tier {
        case "default": meant = .normal
        case "priority": meant = .high
        case "flex": meant = .low
        default:
            throw .invalid(
                "service_tier is \"auto\", \"default\", \"flex\" or \"priority\"",
                param: "service_tier")
        }
        guard own == nil || own == meant else {
            throw .invalid(
                "fusebox.priority and service_tier disagree; give one of them",
                param: "service_tier")
        }
        return meant
    }
}
