// The parts of a project's shown take that a command makes anew: a range, what changed, or the joins of borrowed frames.
#pragma once

#include <string>

#include "engine/project/project.h"
#include "engine/request/build_request.h"
#include "engine/request/splice.h"

namespace kinescore {

struct PartWishes {
  std::string range;      // "2s-4s" or "48-96" (project frames)
  bool changed = false;   // only what changed since the shown take
  int fromTake = 0;       // take the range over from this take; 0: make it anew

  [[nodiscard]] bool isEmpty() const { return range.empty() && !changed && fromTake == 0; }
};

/// What a take of borrowed frames says of itself.
struct PartPlan {
  std::optional<ReportLine> line;
  bool isUpToDate = false;  // nothing changed: there is nothing to make
};

/// Turns wishes into `options`, which must know the sounds already.
[[nodiscard]] Result<PartPlan> askForParts(const PartWishes& wishes, const ProjectDocument& document, RequestOptions& options);

}  // namespace kinescore
