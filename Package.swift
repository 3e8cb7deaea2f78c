// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 mode with strict memory safety, warnings are errors.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// Kernels are optimized in debug builds too; contraction is off, so that a fused multiply-add is
/// only where the source says so and every instruction set rounds alike.
let kernelFlags: [CSetting] = [
    .unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Werror", "-Wno-psabi"])
]

extension Target.Dependency {
    static let collectionsDeque = Target.Dependency.product(
        name: "DequeModule", package: "swift-collections")
    static let collectionsHeap = Target.Dependency.product(
        name: "HeapModule", package: "swift-collections")
    static let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
    static let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let protobuf = Target.Dependency.product(
        name: "SwiftProtobuf", package: "swift-protobuf")
    static let subprocess = Target.Dependency.product(
        name: "Subprocess", package: "swift-subprocess")
    static let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
    static let arguments = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
}

/// The layers, lowest first.
///
/// A target imports only what its line names; `LayeringTests` checks it.
let layers: [Target] = [
    .target(name: "CKernels", cSettings: kernelFlags),
    .target(name: "CSHA256"),
    .target(name: "CSystemShims"),
    .systemLibrary(name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(
        name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "Tensors", dependencies: ["CSHA256", "CSystemShims", .system]),
    .target(
        name: "Kernels", dependencies: ["CKernels", "COpenBLAS", "CSystemShims", "Tensors"]),
    .target(name: "Adapters", dependencies: ["Kernels", "Tensors", .system]),
    .target(name: "Registry", dependencies: ["Adapters", "Tensors"]),
    .target(name: "Merging", dependencies: ["Adapters", "Kernels", "Optimization"]),
    .target(name: "Models", dependencies: ["Adapters", "Kernels", "Tensors", .system]),
    .target(name: "Templates"),
    .target(name: "Optimization"),
    .target(
        name: "Tokenization",
        dependencies: ["CSystemShims", "Templates", "Tensors", .collectionsHeap]),
    .target(
        name: "Routing", dependencies: ["Adapters", "Kernels", "Optimization", "Tensors"]),
    .target(
        name: "Training",
        dependencies: ["Adapters", "Kernels", "Models", "Optimization", "Tensors"]),
    .target(
        name: "Evaluation", dependencies: ["Adapters", "Merging", "Routing", "Tensors", .system]),
    .target(
        name: "Inference",
        dependencies: ["Adapters", "Kernels", "Models", "Tensors", .collectionsDeque]),
    .target(name: "Messaging", dependencies: ["CSystemShims", "CZeroMQ", .collectionsDeque]),
    .target(name: "Wire", dependencies: [.protobuf]),
    .target(name: "FuseboxWire", dependencies: ["Tensors", "Wire"]),
    .target(name: "Translation", dependencies: ["Adapters", "Routing", "Tensors", "Wire"]),
    .target(name: "Journal", dependencies: ["Tensors", "Wire", .database, .protobuf, .system]),
    .target(
        name: "Frontend",
        dependencies: [
            "Adapters", "Journal", "Messaging", "Registry", "Routing", "Tensors", "Translation",
            "Wire",
            .collectionsDeque, .logging, .subprocess, .system,
        ]),
    .target(
        name: "Worker",
        dependencies: [
            "Adapters", "CSystemShims", "Inference", "Kernels", "Messaging", "Models", "Registry",
            "Routing", "Tensors", "Tokenization", "Translation", "Wire", .logging,
        ]),
    .target(name: "FuseboxClient", dependencies: ["Messaging", "Wire"]),
    .executableTarget(
        name: "fusebox",
        dependencies: [
            "Adapters", "CSystemShims", "Evaluation", "Frontend", "FuseboxClient", "FuseboxWire",
            "Inference", "Journal", "Kernels", "Merging", "Messaging", "Models", "Registry",
            "Routing",
            "Tensors",
            "Tokenization",
            "Training", "Translation", "Wire", "Worker", .arguments, .logging, .system,
        ]),
]
/// What measures the front; it is no part of the product.
let benchmarks: [Target] = [
    .executableTarget(
        name: "FrontBench",
        dependencies: [
            "Frontend", "Journal", "Messaging", "Routing", "Tensors", "Wire", .arguments,
        ],
        path: "Benchmarks/front", exclude: ["journal.py"], swiftSettings: swift)
]

for target in layers where !target.name.hasPrefix("C") { target.swiftSettings = swift }

/// What runs for microseconds is made small, which takes the compiler a fifth less; the program is compiled last and alone, so
/// by two threads.
for target in layers where ["Templates", "fusebox"].contains(target.name) {
    target.swiftSettings =
        swift + [
            .unsafeFlags(["-Osize", "-num-threads", "2"], .when(configuration: .release))
        ]
}

let tests: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["Journal", "Tensors", "Wire"], path: "Tests/TestSupport"
    ),
    .testTarget(name: "LayeringTests", dependencies: ["TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["CSHA256", "Tensors", "TestSupport"]),
    .testTarget(
        name: "KernelsTests", dependencies: ["CKernels", "Kernels", "Tensors", "TestSupport"]),
    .testTarget(
        name: "AdaptersTests", dependencies: ["Adapters", "Kernels", "Tensors", "TestSupport"]),
    .testTarget(
        name: "RegistryTests", dependencies: ["Adapters", "Registry", "Tensors", "TestSupport"]),
    .testTarget(
        name: "MergingTests", dependencies: ["Adapters", "Merging", "Tensors", "TestSupport"]),
    .testTarget(
        name: "ModelsTests",
        dependencies: ["Adapters", "Kernels", "Models", "Tensors", "TestSupport"]),
    .testTarget(name: "TemplatesTests", dependencies: ["Templates", "Tensors", "TestSupport"]),
    .testTarget(
        name: "TokenizationTests",
        dependencies: ["Templates", "Tensors", "TestSupport", "Tokenization"]),
    .testTarget(
        name: "RoutingTests",
        dependencies: ["Adapters", "Optimization", "Routing", "Tensors", "TestSupport"]),
    .testTarget(
        name: "TrainingTests",
        dependencies: ["Adapters", "Kernels", "Models", "Tensors", "TestSupport", "Training"]),
    .testTarget(
        name: "EvaluationTests",
        dependencies: ["Adapters", "Evaluation", "Merging", "Routing", "Tensors", "TestSupport"]),
    .testTarget(
        name: "InferenceTests",
        dependencies: [
            "Adapters", "Inference", "Kernels", "Merging", "Models", "Tensors", "TestSupport",
        ],
        exclude: ["Parity.md"]),
    .testTarget(name: "MessagingTests", dependencies: ["Messaging", "TestSupport"]),
    .testTarget(name: "WireTests", dependencies: ["Wire", "TestSupport", .protobuf]),
    .testTarget(
        name: "FuseboxWireTests",
        dependencies: ["FuseboxWire", "Tensors", "TestSupport", "Wire"]),
    .testTarget(
        name: "TranslationTests",
        dependencies: ["Adapters", "Routing", "Tensors", "Translation", "Wire"]),
    .testTarget(
        name: "FuseboxClientTests",
        dependencies: ["FuseboxClient", "Messaging", "Tensors", "Wire", "fusebox", "TestSupport"]),
    .testTarget(
        name: "JournalTests", dependencies: ["Journal", "TestSupport", "Wire", .protobuf]),
    .testTarget(
        name: "FrontendTests",
        dependencies: [
            "Adapters", "Frontend", "Journal", "Messaging", "Registry", "Routing", "Tensors",
            "TestSupport", "Wire", .logging,
        ]),
    .testTarget(
        name: "WorkerTests",
        dependencies: [
            "Adapters", "Inference", "Kernels", "Messaging", "Models", "Registry", "Tensors",
            "TestSupport", "Tokenization", "Wire", "Worker", .logging,
        ]),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "Adapters", "FuseboxClient", "Inference", "Kernels", "Messaging", "Models", "Tensors",
            "Tokenization", "Training",
            "TestSupport", "Wire", "Worker", "fusebox",
        ],
        exclude: ["BadInput.md"]),
]
for target in tests { target.swiftSettings = swift }

let package = Package(
    name: "fusebox",
    products: [
        .executable(name: "fusebox", targets: ["fusebox"]),
        .library(name: "FuseboxClient", targets: ["FuseboxClient"]),
        .library(name: "FuseboxWire", targets: ["FuseboxWire"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: layers + benchmarks + tests
)
