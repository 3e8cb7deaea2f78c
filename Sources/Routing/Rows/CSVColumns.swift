/// Which columns of a table hold the text and the adapter's name.
struct CSVColumns {
    private let text, name, count: Int

    /// Finds them by the header's names, whatever their case.
    init(header: [String]) throws(RoutingError) {
        let names = header.map { $0.lowercased().split(whereSeparator: \.isWhitespace).joined() }
        guard let text = names.firstIndex(of: "text"),
            let name = names.firstIndex(where: RouterExample.nameKeys.contains)
        else {
            throw RoutingError(
                .data,
                "a table begins with a line that names its columns, \"text\" and one of \"adapter\", \"label\" and \"intent\" among them; this one has \(header.prefix(8).map { "\"\($0.prefix(40))\"" }.joined(separator: ", "))"
            )
        }
        self.text = text
        self.name = name
        count = header.count
    }

    func example(_ record: [String]) throws(RoutingError) -> RouterExample {
        guard record.count == count else {
            throw RoutingError(
                .data,
                "the row has \(record.count) fields, the header \(count); put texts with separators in quotes"
            )
        }
        return try RouterExample(text: record[text], named: [record[name]])
    }
}
