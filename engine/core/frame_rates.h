// The rates people ask for by name.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/ticks.h"

namespace kinescore {

struct NamedFrameRate {
  const char* name;
  FrameRate rate;
};
inline constexpr std::array<NamedFrameRate, 10> kNamedFrameRates = {{{"23.976", {24000, 1001}},
                                                                     {"24", {24, 1}},
                                                                     {"25", {25, 1}},
                                                                     {"29.97", {30000, 1001}},
                                                                     {"30", {30, 1}},
                                                                     {"48", {48, 1}},
                                                                     {"50", {50, 1}},
                                                                     {"59.94", {60000, 1001}},
                                                                     {"60", {60, 1}},
                                                                     {"120", {120, 1}}}};

[[nodiscard]] inline std::optional<FrameRate> frameRateNamed(std::string_view name) {
  for (const NamedFrameRate& named : kNamedFrameRates) {
    if (name == named.name) return named.rate;
  }
  return std::nullopt;
}

/// "23.976", "30"; "n/d" for a rate without a name.
[[nodiscard]] inline std::string frameRateName(FrameRate rate) {
  for (const NamedFrameRate& named : kNamedFrameRates) {
    if (rate == named.rate) return named.name;
  }
  return std::to_string(rate.numerator) + "/" + std::to_string(rate.denominator);
}

}  // namespace kinescore
