// swift-tools-version: 6.2
import PackageDescription

/// The settings of the package above, but for warnings as errors.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

extension Target {
    /// A target of the package above, compiled here with instrumentation; `Shipped` is its `Sources`.
    static func shipped(_ name: String, _ dependencies: [Dependency]) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Shipped/\(name)", swiftSettings: swift)
    }
}

let package = Package(
    name: "fuzzing",
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .target(
            name: "CKernels", path: "Shipped/CKernels",
            cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off", "-Wno-psabi"])]),
        .target(name: "CSHA256", path: "Shipped/CSHA256"),
        .target(name: "CSystemShims", path: "Shipped/CSystemShims"),
        .systemLibrary(name: "COpenBLAS", path: "Shipped/COpenBLAS", pkgConfig: "openblas"),
        .shipped(
            "Tensors",
            [
                "CSHA256", "CSystemShims",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Kernels", ["CKernels", "COpenBLAS", "CSystemShims", "Tensors"]),
        .shipped(
            "Adapters",
            ["Kernels", "Tensors", .product(name: "SystemPackage", package: "swift-system")]),
        .shipped(
            "Models",
            [
                "Adapters", "Kernels", "Tensors",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Templates", []),
        .shipped(
            "Tokenization",
            [
                "CSystemShims", "Templates", "Tensors",
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .shipped("Optimization", []),
        .shipped("Merging", ["Adapters", "Kernels", "Optimization"]),
        .shipped("Routing", ["Adapters", "Kernels", "Optimization", "Tensors"]),
        .shipped(
            "Evaluation",
            [
                "Adapters", "Merging", "Routing", "Tensors",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped("Wire", [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .systemLibrary(name: "CZeroMQ", path: "Shipped/CZeroMQ", pkgConfig: "libzmq"),
        .shipped(
            "Messaging",
            [
                "CSystemShims", "CZeroMQ",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .shipped("Registry", ["Adapters", "Tensors"]),
        .shipped("Translation", ["Adapters", "Routing", "Tensors", "Wire"]),
        .shipped(
            "Journal",
            [
                "Tensors", "Wire", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .shipped(
            "Frontend",
            [
                "Adapters", "Journal", "Messaging", "Registry", "Routing", "Tensors", "Translation",
                "Wire", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Adapters", "Evaluation", "Frontend", "Journal", "Kernels", "Messaging", "Models",
                "Registry", "Routing", "Templates", "Tensors", "Tokenization", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: swift),
    ])
