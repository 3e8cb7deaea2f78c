import FuseboxWire

/// What makes one JSON object of another (RFC 7386): members that are new or differ, null for those that are gone.
///
/// Objects are compared member by member, arrays as a whole. A member whose value is null cannot be told from one that is gone,
/// which the RFC accepts.
enum MergePatch {
    static func between(_ old: JSONObject, _ new: JSONObject) -> JSONObject {
        var patch = JSONObject()
        for (key, value) in new where old[key] != value {
            if let before = old[key]?.object, let after = value.object {
                patch.append(key, .object(between(before, after)))
            } else {
                patch.append(key, value)
            }
        }
        for key in old.keys where new[key] == nil { patch.append(key, .null) }
        return patch
    }
}
