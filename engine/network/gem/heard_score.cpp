#include "engine/network/gem/heard_score.h"

#include <algorithm>
#include <cassert>
#include <cctype>

#include "engine/generation/planner.h"
#include "engine/media/heard_sound.h"
#include "engine/network/gem/rotations.h"
#include "engine/network/gem/smoothing.h"

namespace kinescore::gem {
namespace {

constexpr float kSeen = 0.5f;  // confidence of a point that counts
// From the points of a body to the box a detector would draw, its shape, and the margin of the
// published preparation.
constexpr float kPointsToBox = 1.1f, kTallerThanWide = 256.0f / 192.0f, kBoxMargin = 1.2f;
constexpr int kBoxSmoothing = 5;  // frames

std::string counted(std::size_t count, const char* one, const char* many) {
  return count == 1 ? std::string("1 ") + one : std::to_string(count) + " " + many;
}

bool isFull(const StrengthEnvelope& strength) {
  return std::all_of(strength.points.begin(), strength.points.end(),
                     [](const EnvelopePoint& point) { return point.value >= 1; });
}
bool isSilent(const StrengthEnvelope& strength) {
  return !strength.points.empty() &&
         std::all_of(strength.points.begin(), strength.points.end(),
                     [](const EnvelopePoint& point) { return point.value <= 0; });
}

bool hasBeats(const RhythmRequest& rhythm) {
  return !rhythm.heard || rhythm.heard->beatsPerMinute > 0;
}

/// "Keys, paths and beats".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char* between = i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
    text += between + names[i];
  }
  text[0] = char(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

class Listener {
 public:
  Listener(const GenerationRequest& request, Wiring wiring, bool hasSound,
           const std::string& textProblem)
      : wiring_(wiring), hasSound_(hasSound), textProblem_(textProblem) {
    score_.request = request;
  }

  Result<HeardScore> listen() {
    hearTexts();
    leaveOutTheRest();
    noteStrengths();
    if (isNothingLeft())
      return Error{isTextUnread_ ? ErrorCode::NotFound : ErrorCode::Unsupported, reason()};
    noteWhatIsMetAfterwards();
    const GenerationRequest& request = score_.request;
    score_.isEstimate = request.estimate || wiring_ == Wiring::Regression;
    score_.window = {0, request.frameCount()};
    if (request.range) {
      score_.window = {std::max<std::int64_t>(0, request.range->start - kSeenAround),
                       std::min(request.frameCount(), request.range->end + kSeenAround)};
    }
    return std::move(score_);
  }

 private:
  void note(std::string sentence, std::string detail, bool isNote = true) {
    score_.notes.push_back({isNote, std::move(sentence), std::move(detail), std::nullopt});
    if (isNote && firstReason_.empty()) firstReason_ = score_.notes.back().detail;
  }

  void hearTexts() {
    std::vector<TextRequest>& texts = score_.request.texts;
    const auto parts =
        std::erase_if(texts, [](const TextRequest& text) { return text.part != BodyPart::Whole; });
    if (parts > 0) {
      note(counted(parts, "text for a part of the body was left out",
                   "texts for parts of the body were left out"),
           "GEM hears texts for the whole body alone.");
    }
    std::erase_if(texts, [](const TextRequest& text) { return isSilent(text.strength); });
    if (texts.empty()) return;
    const std::string leftOut = counted(texts.size(), "text was left out", "texts were left out");
    if (wiring_ == Wiring::Regression) {
      note(leftOut, "This GEM file is the one for video alone (gem_smpl_regression).");
      texts.clear();
    } else if (!textProblem_.empty()) {
      note(leftOut, textProblem_);
      texts.clear();
      isTextUnread_ = true;
    }
    for (const TextRequest& text : texts) {
      const FrameRange frames{frameAtOrAfter(text.span.start, kEngineRate),
                              frameAtOrAfter(text.span.end, kEngineRate)};
      if (!frames.isEmpty()) score_.texts.push_back({text.prompt, frames});
    }
  }

  void leaveOutTheRest() {
    GenerationRequest& request = score_.request;
    if (!request.references.empty() || !request.wishes.pins.empty()) {
      note("References were left out", "GEM looks at no captured motion.");
      request.references.clear();
    }
    request.wishes = {};
    if (request.draft) {
      note("The draft “" + request.draft->name + "” was left out", "GEM follows no draft.");
      request.draft.reset();
    }
    std::erase_if(request.views, [](const ViewRequest& view) { return isSilent(view.strength); });
    if (hasSound_ && wiring_ == Wiring::Regression) {
      note("Music and speech were left out",
           "This GEM file is the one for video alone (gem_smpl_regression).");
      hasSound_ = false;
    }
    if (wiring_ == Wiring::Regression && request.views.empty()) {
      note("Nothing is seen", "A GEM file for video alone (gem_smpl_regression) needs keypoints.");
    }
  }

  void noteStrengths() {
    const GenerationRequest& request = score_.request;
    const bool isWeak = std::any_of(request.texts.begin(), request.texts.end(),
                                    [](const auto& t) { return !isFull(t.strength); }) ||
                        std::any_of(request.views.begin(), request.views.end(),
                                    [](const auto& v) { return !isFull(v.strength); }) ||
                        (hasSound_ && std::any_of(request.rhythms.begin(), request.rhythms.end(), [](const auto& r) {
                           return r.heard && !isFull(r.strength);
                         }));
    if (isWeak)
      note("Strengths between 0 and 1 count as 1",
           "GEM follows a text, a recording or a view whole or not at all.");
  }

  [[nodiscard]] bool isNothingLeft() const {
    const GenerationRequest& r = score_.request;
    if (wiring_ == Wiring::Regression) return r.views.empty();
    return score_.texts.empty() && r.views.empty() && !hasSound_ && r.poses.empty() &&
           r.targets.empty() && r.paths.empty() && r.rhythms.empty() && r.contacts.empty();
  }

  [[nodiscard]] std::string reason() const {
    if (isTextUnread_) return textProblem_;
    return "There is nothing left that GEM could follow: " +
           (firstReason_.empty() ? "write a prompt." : firstReason_);
  }

  void noteWhatIsMetAfterwards() {
    const GenerationRequest& r = score_.request;
    std::vector<std::string> met;
    if (!r.poses.empty() || !r.targets.empty()) met.emplace_back("keys");
    if (!r.paths.empty()) met.emplace_back("paths");
    if (!r.contacts.empty()) met.emplace_back("contacts");
    if (std::any_of(r.rhythms.begin(), r.rhythms.end(), hasBeats)) met.emplace_back("beats");
    if (!met.empty())
      note(listed(met) + " were met after the network", "GEM has no input for them.", false);
    const auto written =
        std::count_if(r.rhythms.begin(), r.rhythms.end(), [](const auto& rhythm) { return !rhythm.heard; });
    if (written > 0 && wiring_ == Wiring::Full) {
      note(counted(std::size_t(written), "beat of a written tempo was not heard",
                   "beats of written tempos were not heard"),
           "GEM hears recordings alone, and of a sound clip the recording where no tempo is written for it.");
    }
    note("The motion is on Kinescore's own body",
         "The shape that GEM gives the performer was left out.", false);
  }

  Wiring wiring_;
  bool hasSound_;
  const std::string& textProblem_;
  HeardScore score_;
  std::string firstReason_;    // why the first of what is left out was
  bool isTextUnread_ = false;  // for want of T5
};

// The last box goes on where nobody is seen; before the first it stands where the first will.
void fillGaps(std::vector<std::optional<PersonBox>>& boxes) {
  const auto first =
      std::find_if(boxes.begin(), boxes.end(), [](const auto& box) { return box.has_value(); });
  if (first == boxes.end()) return;
  std::optional<PersonBox> last = *first;
  for (std::optional<PersonBox>& box : boxes) {
    if (box)
      last = box;
    else
      box = last;
  }
}

void smooth(std::vector<PersonBox>& boxes) {
  const std::vector<float> taps = boxTaps(kBoxSmoothing);
  for (float PersonBox::*value : {&PersonBox::x, &PersonBox::y, &PersonBox::size}) {
    std::vector<float> values;
    for (const PersonBox& box : boxes) values.push_back(box.*value);
    values = smoothed(values, taps);
    for (std::size_t i = 0; i < boxes.size(); ++i) boxes[i].*value = values[i];
  }
}

/// What the camera of one view saw, on the frames of the window.
void addView(const ViewRequest& view, FrameRange window, ClipConditions& clip) {
  const bool isTurning =
      std::any_of(view.frames.begin(), view.frames.end(),
                  [](const BodySight& s) { return s.cameraTurning != glm::vec3(0); });
  std::vector<std::size_t> frames;
  std::vector<std::optional<PersonBox>> found;
  for (std::int64_t f = window.start; f < window.end; ++f) {
    const Ticks time = ticksOfFrame(f, kEngineRate);
    const std::optional<BodySight> sight = sightAt(view, time);
    if (!sight || view.strength.at(time - view.span.start) <= 0) continue;
    const auto at = std::size_t(f - window.start);
    frames.push_back(at);
    clip.keypoints[at] = keypointsOf(*sight);
    clip.intrinsics[at] = {kViewFocal, 0, 0};
    clip.cameraVelocity[at] = cameraVelocityOf(*sight);
    clip.present[at].keypoints = true;
    // A camera that stands is not told of, as in the published demo.
    clip.present[at].camera = isTurning;
    found.push_back(boxAround(clip.keypoints[at]));
  }
  fillGaps(found);
  if (found.empty() || !found.front()) return;
  std::vector<PersonBox> boxes;
  for (const std::optional<PersonBox>& box : found) boxes.push_back(*box);
  smooth(boxes);
  for (std::size_t i = 0; i < frames.size(); ++i) clip.boxes[frames[i]] = boxes[i];
}

/// The window's part of what is given frame by frame.
std::vector<float> cut(const std::vector<float>& values, FrameRange window, std::int64_t perFrame) {
  if (values.empty()) return {};
  assert(std::int64_t(values.size()) >= window.end * perFrame);
  return {values.begin() + window.start * perFrame, values.begin() + window.end * perFrame};
}

}  // namespace

Result<HeardScore> heardScore(const GenerationRequest& request, Wiring wiring, bool hasSound,
                              const std::string& textProblem) {
  return Listener(request, wiring, hasSound, textProblem).listen();
}

Keypoints keypointsOf(const BodySight& sight) {
  Keypoints points{};
  for (int k = 0; k < kKeypoints; ++k) {
    if (sight.confidence[k] <= 0) continue;
    points[k] = {sight.points[k].x * kViewFocal, sight.points[k].y * kViewFocal,
                 sight.confidence[k]};
  }
  return points;
}

SixD cameraVelocityOf(const BodySight& sight) {
  return sixDOf(rotationOfAxisAngle(sight.cameraTurning / float(kFramesPerSecond)));
}

std::optional<PersonBox> boxAround(const Keypoints& points) {
  glm::vec2 low(std::numeric_limits<float>::max()), high(std::numeric_limits<float>::lowest());
  for (const Keypoint& point : points) {
    if (point.confidence <= kSeen) continue;
    low = glm::min(low, glm::vec2(point.x, point.y));
    high = glm::max(high, glm::vec2(point.x, point.y));
  }
  if (low.x > high.x) return std::nullopt;
  const glm::vec2 middle = 0.5f * (low + high), size = kPointsToBox * (high - low);
  return PersonBox{middle.x, middle.y, kBoxMargin * std::max(size.y, size.x * kTallerThanWide)};
}

ClipConditions conditionsOf(const HeardScore& score, const SoundFrames& sound,
                            const FeaturesOfPrompt& features) {
  const FrameRange window = score.window;
  ClipConditions clip = ClipConditions::empty(window.length());
  for (const ViewRequest& view : score.request.views) addView(view, window, clip);
  clip.music = cut(sound.music, window, kMusicChannels);
  clip.speech = cut(sound.speech, window, kSpeechSamples);
  for (std::int64_t f = window.start; f < window.end; ++f) {
    Presence& present = clip.present[std::size_t(f - window.start)];
    present.music = !clip.music.empty() && sound.hasMusic[std::size_t(f)] != 0;
    present.speech = !clip.speech.empty() && sound.hasSpeech[std::size_t(f)] != 0;
  }
  for (const HeardText& text : score.texts) {
    const std::int64_t begin = std::max(text.frames.start, window.start) - window.start;
    const std::int64_t end = std::min(text.frames.end, window.end) - window.start;
    if (begin >= end) continue;
    const float length = float(window.length());
    clip.prompts.push_back({features(text.prompt), float(begin) / length, float(end) / length});
  }
  return clip;
}

}  // namespace kinescore::gem
