// After the rollout: what the network says about contacts moves the whole body so that what stands does not slide, and
// turns limbs so that it stays where it stood (gem.md 6).
#pragma once

#include <span>
#include <vector>

#include "engine/network/gem/body.h"

namespace kinescore::gem {

/// The path of the root without the slip of the joints in contact, smoothed on the ground, with the lowest
/// joint of the clip at height 0. `logits`: a frame.
[[nodiscard]] std::vector<glm::vec3> contactTranslation(const BodyModel& body, std::span<const SmplFrame> world,
                                                        std::span<const ContactLogits> logits);

using ContactTargets = std::array<glm::vec3, kContacts>;
/// Where each contact joint should be: it stays as far as the frame before is in contact, else goes where it went.
[[nodiscard]] std::vector<ContactTargets> contactTargets(std::span<const JointPositions> positions,
                                                         std::span<const ContactLogits> logits);

/// Turns legs and arms of every frame until ankles and wrists come near their targets: two sweeps of cyclic coordinate
/// descent. `world` already has its translation; answers the new body poses.
[[nodiscard]] std::vector<std::array<glm::vec3, kPosedJoints>> contactPoses(const BodyModel& body,
                                                                            std::span<const SmplFrame> world,
                                                                            std::span<const ContactLogits> logits);

/// The shortest turn from u to v. Where they are exactly opposite, half a turn about y.
[[nodiscard]] glm::quat turnBetween(glm::vec3 u, glm::vec3 v);
/// From a towards b along the turn b · a⁻¹ as it stands, also where −b is nearer.
[[nodiscard]] glm::quat partOfTurn(const glm::quat& a, const glm::quat& b, float part);

}  // namespace kinescore::gem
