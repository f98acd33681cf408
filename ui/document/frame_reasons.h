// Why a frame of the shown take is as it is: the take that made it, and what it was asked for there.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// A sentence or two; empty without a take, or past its end.
[[nodiscard]] QString whyFrame(Session& session, Ticks at);

}  // namespace kinescore
