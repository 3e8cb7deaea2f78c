/// The numbers of a generated table: hexadecimal, parted by white space.
func hexadecimalTable(_ text: String) -> [UInt32] {
    var numbers: [UInt32] = []
    var value: UInt32 = 0
    var isInside = false
    for byte in text.utf8 {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
            if isInside { numbers.append(value) }
            value = 0
            isInside = false
            continue
        }
        value = value << 4 | UInt32(digit)
        isInside = true
    }
    if isInside { numbers.append(value) }
    return numbers
}
