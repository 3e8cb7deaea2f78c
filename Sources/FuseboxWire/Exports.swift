// Who imports this module has what it speaks of: the messages, and JSON.

@_exported public import Wire

@_exported public import struct Tensors.JSONLimits
@_exported public import struct Tensors.JSONObject
@_exported public import enum Tensors.JSONValue
