// What the buttons beside a problem do to the timeline. Each is one step of the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// The path's points that are too fast to run come later, and so does what follows on its track; the project gets as long as
/// that needs. What was done in a sentence, or nothing when it was refused.
QString giveMoreTime(Session& session, ObjectId path);

/// A target that the take's figure could not reach, and where its joint was instead.
struct ReachFix {
  ObjectId target;
  glm::vec3 place{0};
};
/// For a line of the take's report: only while the target is as it was when the take was made.
[[nodiscard]] std::optional<ReachFix> reachFixOf(const Timeline& timeline, const Take& take, const ReportLine& line);
bool moveTargetToReach(Session& session, const ReachFix& fix);

}  // namespace kinescore
