/// The parts of a model of texts and images that read the images: what a text model leaves out.
public enum ImageParts {
    /// Beginnings of the names of their tensors.
    private static let prefixes = [
        "vision_tower.", "multi_modal_projector.", "model.vision_tower.",
        "model.multi_modal_projector.",
    ]

    /// Whether a tensor of a checkpoint is in one of them.
    public static func contain(_ name: String) -> Bool {
        prefixes.contains(where: name.hasPrefix)
    }
}
