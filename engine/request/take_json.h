// The parts of a take as JSON, and its identity.
#pragma once

#include <string>
#include <string_view>

#include "engine/request/take.h"

namespace kinescore {

[[nodiscard]] std::string writeReport(const TakeReport& report);
[[nodiscard]] Result<TakeReport> readReport(std::string_view json);

/// SHA-256 of what the take is: request (without the number of threads), base, range, origins,
/// motion, report, model, device, precision, engine version. Not its name, star, number or the
/// seconds it took. The texts are those of writeRequest and writeReport, so that a file is checked
/// as it was written. In `take.origins` an empty id, or the take's own, stands for the take itself.
[[nodiscard]] std::string takeIdOf(const Take& take, std::string_view requestText, std::string_view reportText);

/// The request's text as it goes into a take.
[[nodiscard]] std::string requestTextOf(const Take& take);

}  // namespace kinescore
