// Captions through the text model, with a live line: what `library index` and `library add` share.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "engine/library/caption_index.h"

namespace kinescore {

/// With the tower in `tower`, unless that is empty. `progress` is told 0 … 1.
[[nodiscard]] Result<CaptionIndex> indexWithTextModel(const Library& library, const std::filesystem::path& tower,
                                                      const std::function<void(double)>& progress, std::stop_token stop);
/// The same, with a live line.
[[nodiscard]] Result<CaptionIndex> indexWithTextModel(const Library& library, const std::filesystem::path& tower,
                                                      std::stop_token stop);

/// The text model that reads captions, opened when it is needed.
class CaptionEncoder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CaptionEncoder>> open();
  virtual ~CaptionEncoder() = default;
  [[nodiscard]] virtual Result<std::vector<float>> encode(std::string_view sentence) = 0;
};

}  // namespace kinescore
