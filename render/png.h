// Pictures as PNG bytes. Small and without a library; the files are larger than a good packer's.
#pragma once

#include <string>

#include "render/image.h"

namespace kinescore::render {

/// An opaque picture is written without its alpha.
[[nodiscard]] std::string pngBytes(const Image& image);

}  // namespace kinescore::render
