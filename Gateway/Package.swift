// swift-tools-version: 6.2
import PackageDescription

/// The settings of the main package: Swift 6 mode with strict memory safety, warnings are errors.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

extension Target.Dependency {
    static let arguments = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    static let channels = Target.Dependency.product(
        name: "AsyncAlgorithms", package: "swift-async-algorithms")
    static let client = Target.Dependency.product(name: "FuseboxClient", package: "fusebox")
    static let wire = Target.Dependency.product(name: "FuseboxWire", package: "fusebox")
    static let hummingbird = Target.Dependency.product(
        name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = Target.Dependency.product(
        name: "HummingbirdCore", package: "hummingbird")
    static let httpTypes = Target.Dependency.product(
        name: "HTTPTypes", package: "swift-http-types")
    static let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let lifecycle = Target.Dependency.product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    static let nioHTTPTypes = Target.Dependency.product(
        name: "NIOHTTPTypes", package: "swift-nio-extras")
}

/// A package of its own, so that the service is built without an HTTP stack.
let package = Package(
    name: "fusebox-gateway",
    products: [.executable(name: "fusebox-http", targets: ["fusebox-http"])],
    dependencies: [
        .package(name: "fusebox", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .target(
            name: "FuseboxHTTP",
            dependencies: [
                "FuseboxPage", .channels, .client, .hummingbird, .hummingbirdCore, .httpTypes,
                .lifecycle,
                .logging, .nio, .nioHTTPTypes, .wire,
            ],
            // Tests see internal names in the same build: a second one of the HTTP stack would take minutes.
            swiftSettings: swift + [
                .unsafeFlags(["-enable-testing"], .when(configuration: .release))
            ]),
        .target(
            name: "FuseboxPage", resources: [.embedInCode("index.html")], swiftSettings: swift),
        .executableTarget(
            name: "fusebox-http", dependencies: ["FuseboxHTTP", .arguments, .client, .logging],
            swiftSettings: swift),
        .testTarget(
            name: "FuseboxHTTPTests", dependencies: ["FuseboxHTTP", .httpTypes, .wire],
            swiftSettings: swift),
    ]
)
