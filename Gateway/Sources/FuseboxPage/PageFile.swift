/// The page's file, inside the program.
///
/// A module of its own, because its bytes take the compiler longer than the whole gateway.
package enum PageFile {
    package static var bytes: [UInt8] { PackageResources.index_html }
}
