// What has to be made anew after an edit: the times that the edited conditions speak of, so that all other frames can
// stay as they are.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/request/build_request.h"

namespace kinescore {

/// How far beside a changed condition the motion is made anew, so that it can lead into it and out of it.
constexpr Ticks kChangeMargin{kTicksPerSecond * 4 / 15};  // 8 engine frames
/// The same for single moments (poses, targets), which have no length of their own.
constexpr Ticks kKeyMargin{kTicksPerSecond};

/// Spans of document time within `now.span`, sorted and apart; empty: nothing changed. Nothing at all: everything has
/// to be made anew (another length, draft, wish, number of references, or way of estimating). Seed and quality do not
/// count. Without `comparesSounds` what was heard in recordings does not either.
[[nodiscard]] std::optional<std::vector<TimeRange>> changedSpans(const GenerationRequest& before,
                                                                 const GenerationRequest& now, bool comparesSounds = true);

/// The same since `shown` was made, which may be put together from several takes: each of its frames counts from the take
/// that it came from (`find` by id, null where it is gone), everything that has no time from `shown` itself.
[[nodiscard]] std::optional<std::vector<TimeRange>> changedSince(const Take& shown, const GenerationRequest& now,
                                                                 const std::function<const Take*(const std::string&)>& find,
                                                                 bool comparesSounds = true);

/// The options of a request for these spans of `base` alone. Spans that leave less than a second of it untouched, or
/// none at all, are the whole: then there is no time selection.
void askForSpans(RequestOptions& options, const std::vector<TimeRange>& spans, TimeRange whole);

}  // namespace kinescore
