#include "engine/library/splits.h"

#include <string>

#include "engine/core/hash.h"

namespace kinescore {
namespace {

constexpr std::string_view kSplits[] = {"train", "val", "test", "unseen"};
constexpr std::string_view kQualities[] = {"clean", "daz", "ballplay", "keyed", "no-floor"};

}  // namespace

const char* nameOf(Split split) { return kSplits[int(split)].data(); }  // literals, so they end

std::optional<Split> splitNamed(std::string_view name) {
  for (int s = 0; s < int(std::size(kSplits)); ++s) {
    if (kSplits[s] == name) return Split(s);
  }
  return std::nullopt;
}

std::string_view nameOf(ClipQuality quality) { return kQualities[int(quality)]; }

Split splitOfSubject(std::string_view source, std::string_view subject, const SplitShares& shares) {
  // The first 13 hexadecimal digits are a number below 2^52, exact as a double.
  const std::string digits = sha256Hex(std::string(source) + "\n" + std::string(subject)).substr(0, 13);
  const double draw = double(std::stoull(digits, nullptr, 16)) / double(std::uint64_t(1) << 52);
  if (draw < shares.unseen) return Split::Unseen;
  if (draw < shares.unseen + shares.test) return Split::Test;
  if (draw < shares.unseen + shares.test + shares.val) return Split::Val;
  return Split::Train;
}

}  // namespace kinescore
