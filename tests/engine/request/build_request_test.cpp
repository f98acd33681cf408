#include "engine/request/build_request.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/request/path_curve.h"
#include "engine/timeline/edit.h"
#include "engine/timeline/ids.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

class BuildRequestTest : public testing::Test {
 protected:
  ObjectId track(TrackKind kind) {
    take(addTrack(timeline_, ids_, kind, "A"));
    return timeline_.tracks().back()->id;
  }
  ObjectId clip(ObjectId trackId, TimeRange span, Condition condition, StrengthEnvelope strength = {}) {
    Clip added;
    added.trackId = trackId;
    added.span = span;
    added.condition = std::move(condition);
    added.strength = std::move(strength);
    const auto patch = addClip(timeline_, ids_, added);
    take(patch);
    return patch->changes[0].id;
  }
  void take(const Result<TimelinePatch>& patch) {
    ASSERT_TRUE(patch) << patch.error().message;
    timeline_ = *apply(timeline_, *patch);
  }
  static Ticks at(double seconds) { return ticksFromSeconds(seconds); }
  static TimeRange span(double a, double b) { return {at(a), at(b)}; }
  GenerationRequest build(const RequestOptions& options = {}) {
    const Result<GenerationRequest> request = buildRequest(timeline_, options);
    EXPECT_TRUE(request) << (request ? "" : request.error().message);
    return request ? *request : GenerationRequest{};
  }

  SequentialIds ids_;
  Timeline timeline_;
};

TEST_F(BuildRequestTest, AnEmptyTimelineAsksForSomething) {
  const auto request = buildRequest(timeline_, {});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "Nothing is asked for yet; write a prompt or pin a pose.");
}

TEST_F(BuildRequestTest, TextsComeInOrderOfTimeWithTheirParts) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId arm = track(TrackKind::PartText);
  clip(text, span(5, 8), TextCondition{"sit down"});
  clip(text, span(0, 6), TextCondition{"walk"});
  clip(arm, span(2, 4), TextCondition{"wave", BodyPart::RightArm});
  clip(text, span(8, 9), TextCondition{"  "});

  const GenerationRequest request = build({.seed = 7, .quality = Quality::Draft, .device = DeviceChoice::Cpu});

  ASSERT_EQ(request.texts.size(), 3u) << "a blank prompt is a gap";
  EXPECT_EQ(request.texts[0].prompt, "walk");
  EXPECT_EQ(request.texts[1].prompt, "wave");
  EXPECT_EQ(request.texts[1].part, BodyPart::RightArm);
  EXPECT_EQ(request.texts[2].prompt, "sit down");
  EXPECT_EQ(request.span, timeline_.settings().playRange);
  EXPECT_EQ(request.seed, 7u);
  EXPECT_EQ(request.quality, Quality::Draft);
  EXPECT_EQ(request.device, DeviceChoice::Cpu);
}

TEST_F(BuildRequestTest, SoundWithATempoIsABeat) {
  const ObjectId sound = track(TrackKind::Audio);
  AudioCondition song;
  song.file = "song.wav";
  song.inPoint = at(0.25);
  clip(sound, span(5, 7), song);  // no tempo, and nobody listened to it
  song.beatsPerMinute = 96;
  song.beatOffsetSeconds = 0.5;
  clip(sound, span(2, 12), song, {{{at(0), 0.0f}, {at(10), 1.0f}}});
  const ObjectId text = track(TrackKind::Text);
  clip(text, span(0, 6), TextCondition{"dance"});
  const GenerationRequest request = build();
  ASSERT_EQ(request.rhythms.size(), 1u);
  EXPECT_EQ(request.rhythms[0].span, span(2, 10));
  EXPECT_EQ(request.rhythms[0].beatsPerMinute, 96);
  EXPECT_EQ(request.rhythms[0].firstBeat, at(2.25));
  EXPECT_FLOAT_EQ(request.rhythms[0].strength.at(at(5)), 0.5f);
}

TEST_F(BuildRequestTest, MutedAndUnsoloedAreLeftOut) {
  const ObjectId a = track(TrackKind::Text);
  const ObjectId b = track(TrackKind::Text);
  clip(a, span(0, 5), TextCondition{"walk"});
  const ObjectId silent = clip(a, span(5, 9), TextCondition{"run"});
  clip(b, span(0, 5), TextCondition{"jump"});
  Clip muted = *timeline_.findClip(silent);
  muted.muted = true;
  take(changeClip(timeline_, muted));
  EXPECT_EQ(build().texts.size(), 2u);

  Track soloed = *timeline_.findTrack(b);
  soloed.soloed = true;
  take(changeTrack(timeline_, soloed));
  ASSERT_EQ(build().texts.size(), 1u);
  EXPECT_EQ(build().texts[0].prompt, "jump");
}

TEST_F(BuildRequestTest, AClipOverTheEndIsCutAndItsStrengthStaysInPlace) {
  const ObjectId text = track(TrackKind::Text);
  clip(text, span(8, 14), TextCondition{"walk"}, {{{at(0), 0}, {at(4), 1}}});
  clip(text, span(11, 12), TextCondition{"never"});
  const GenerationRequest request = build();

  ASSERT_EQ(request.texts.size(), 1u);
  EXPECT_EQ(request.texts[0].span, span(8, 10));
  EXPECT_FLOAT_EQ(request.texts[0].strength.at(at(2)), 0.5f);
}

TEST_F(BuildRequestTest, KeysCarryTheirOwnTicks) {
  const ObjectId poses = track(TrackKind::Pose);
  CounterRandom random(1);
  const Pose pose = randomPose(random);
  const Ticks odd = ticksOfFrame(37, {24000, 1001});
  take(pinPose(timeline_, ids_, poses, odd, pose));
  clip(poses, {at(3), at(3) + Ticks{1}}, TargetCondition{kLeftHand, {1, 1, 1}, std::nullopt, 0.03f}, {{{at(0), 0.5f}}});
  take(pinPose(timeline_, ids_, poses, at(10), pose));   // the very end
  take(pinPose(timeline_, ids_, poses, at(11), pose));   // beyond it

  const GenerationRequest request = build();

  ASSERT_EQ(request.poses.size(), 2u);
  EXPECT_EQ(request.poses[0].time, odd);
  EXPECT_EQ(request.poses[0].pose, pose);
  EXPECT_EQ(request.poses[1].time, at(10) - Ticks{1});
  ASSERT_EQ(request.targets.size(), 1u);
  EXPECT_EQ(request.targets[0].joint, kLeftHand);
  EXPECT_FLOAT_EQ(request.targets[0].strength, 0.5f);
  EXPECT_FLOAT_EQ(request.targets[0].toleranceMeters, 0.03f);
}

TEST_F(BuildRequestTest, AHeldPoseIsAskedForOnEveryEngineFrame) {
  const ObjectId poses = track(TrackKind::Pose);
  clip(poses, span(1, 1.5), PoseCondition{restPose(*kinescore22())});

  const GenerationRequest request = build();

  ASSERT_EQ(request.poses.size(), 15u);
  EXPECT_EQ(request.poses.front().time, at(1));
  EXPECT_EQ(request.poses.back().time, ticksOfFrame(44, kEngineRate));
}

TEST_F(BuildRequestTest, PathPointsBecomeDocumentTimeAndAreCutToTheClip) {
  const ObjectId path = track(TrackKind::Path);
  const PathCondition walked{{{at(0), {0, 0}, {}}, {at(2), {0, 2}, {}}, {at(4), {0, 4}, {}}, {at(6), {0, 6}, {}}}};
  clip(path, span(1, 5.5), walked);

  const GenerationRequest request = build();

  ASSERT_EQ(request.paths.size(), 1u);
  const auto& points = request.paths[0].points;
  ASSERT_EQ(points.size(), 4u);
  EXPECT_EQ(points[0].time, at(1));
  EXPECT_EQ(points[1].time, at(3));
  EXPECT_EQ(points[2].time, at(5));
  EXPECT_EQ(points[3].time, at(5.5));
  EXPECT_NEAR(points[3].position.y, 4.5f, 1e-5f) << "cut on the curve";
}

TEST_F(BuildRequestTest, StrengthOfAPathIsItsMean) {
  const ObjectId path = track(TrackKind::Path);
  clip(path, span(0, 4), PathCondition{{{at(0), {0, 0}, {}}, {at(4), {0, 4}, {}}}}, {{{at(0), 0}, {at(2), 1}}});
  EXPECT_NEAR(build().paths[0].strength, 0.75f, 1e-6f);
}

TEST_F(BuildRequestTest, ContactsAndPlacedReferencesAreAskedFor) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId contacts = track(TrackKind::Contact);
  const ObjectId references = track(TrackKind::Reference);
  clip(text, span(0, 10), TextCondition{"walk"});
  clip(contacts, span(1, 2), ContactCondition{2, true, glm::vec3(1, 0, 1)});
  clip(references, span(8, 12), ReferenceCondition{"walk-04", at(1), 2.0, true, false});
  clip(references, span(0, 2), ReferenceCondition{"run-01", at(0), 1, false, true});

  const GenerationRequest request = build();

  ASSERT_EQ(request.contacts.size(), 1u);
  EXPECT_EQ(request.contacts[0].contact, 2);
  EXPECT_EQ(request.contacts[0].place, glm::vec3(1, 0, 1));
  ASSERT_EQ(request.references.size(), 1u) << "what the engine found it finds again";
  EXPECT_EQ(request.references[0].span, span(8, 10));
  EXPECT_EQ(request.references[0].inPoint, at(1));
  EXPECT_TRUE(request.references[0].mirror);
}

TEST_F(BuildRequestTest, ATimeSelectionRoundsOutwardAndNeedsATake) {
  const ObjectId text = track(TrackKind::Text);
  clip(text, span(0, 10), TextCondition{"walk"});
  RequestOptions options;
  options.timeSelection = TimeRange{at(1.01), at(2.01)};
  const auto refused = buildRequest(timeline_, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "There is no take yet to change a part of; generate the whole first.");

  options.base = takeOf(1);
  const GenerationRequest request = build(options);
  EXPECT_EQ(request.range, (FrameRange{30, 61}));
  EXPECT_EQ(request.base, options.base->result.motion);
  EXPECT_EQ(request.baseTakeId, options.base->id);

  options.timeSelection = TimeRange{at(9.99), at(30)};
  EXPECT_EQ(build(options).range, (FrameRange{299, 300}));
  options.timeSelection = TimeRange{at(12), at(13)};
  EXPECT_FALSE(buildRequest(timeline_, options));

  TimelineSettings longer = timeline_.settings();
  longer.duration = at(12);
  take(changeSettings(timeline_, longer));
  options.timeSelection = TimeRange{at(1), at(2)};
  const auto tooShort = buildRequest(timeline_, options);
  ASSERT_FALSE(tooShort);
  EXPECT_EQ(tooShort.error().message, "The take is 10 s long and the timeline 12 s; generate the whole first.");
}

TEST(PathCurveTest, GoesThroughItsPointsWithTheSpeedOfTheNeighbours) {
  const std::vector<PathPoint> points = {{ticksFromSeconds(0), {0, 0}, 0.0f},
                                         {ticksFromSeconds(1), {0, 1}, 1.0f},
                                         {ticksFromSeconds(3), {2, 3}, std::nullopt}};
  for (const PathPoint& point : points) {
    EXPECT_EQ(evaluatePath(points, point.time).position, point.position);
  }
  const glm::vec2 through = evaluatePath(points, ticksFromSeconds(1)).velocity;
  EXPECT_NEAR(through.x, 2.0f / 3, 1e-6f);
  EXPECT_NEAR(through.y, 1.0f, 1e-6f);
  EXPECT_NEAR(*evaluatePath(points, ticksFromSeconds(0.5)).heading, 0.5f, 1e-6f);
  EXPECT_FALSE(evaluatePath(points, ticksFromSeconds(2)).heading);
  EXPECT_EQ(evaluatePath(points, ticksFromSeconds(9)).position, points.back().position);

  // The velocity is the derivative of the position.
  const double t = 1.7, h = 1e-3;
  const glm::vec2 slope = (evaluatePath(points, ticksFromSeconds(t + h)).position -
                           evaluatePath(points, ticksFromSeconds(t - h)).position) / float(2 * h);
  EXPECT_NEAR(slope.x, evaluatePath(points, ticksFromSeconds(t)).velocity.x, 1e-3f);
  EXPECT_NEAR(slope.y, evaluatePath(points, ticksFromSeconds(t)).velocity.y, 1e-3f);
}

TEST(PathCurveTest, HeadingsTurnTheShortWay) {
  const std::vector<PathPoint> points = {{ticksFromSeconds(0), {0, 0}, 3.0f}, {ticksFromSeconds(1), {0, 1}, -3.0f}};
  const float middle = *evaluatePath(points, ticksFromSeconds(0.5)).heading;
  EXPECT_NEAR(std::cos(middle), -1.0f, 1e-5f);
}

/// Two beats a second from 0.5 s on, sixty seconds long.
HeardSound heardSong() {
  HeardSound heard;
  heard.file = "song.wav";
  heard.beatsPerMinute = 120;
  heard.beatsPerBar = 4;
  for (int i = 0; i < 119; ++i) heard.beats.push_back(0.5 + 0.5 * i);
  for (int i = 0; i < 119; i += 4) heard.downbeats.push_back(heard.beats[std::size_t(i)]);
  for (int f = 0; f < 60 * kHeardRate; ++f) {
    heard.onset.push_back(f % 15 == 0 ? 1.0f : 0.0f);
    heard.loudness.push_back(0.5f);
  }
  heard.bands.assign(heard.onset.size() * kHeardBands, 0.25f);
  return heard;
}

TEST_F(BuildRequestTest, ASoundClipWithoutATempoIsWhatWasHeard) {
  const ObjectId track = this->track(TrackKind::Audio);
  AudioCondition song;
  song.file = "music/song.wav";
  song.inPoint = at(10);
  clip(track, span(2, 5), song, {{{at(0), 0.0f}, {at(3), 1.0f}}});
  AudioCondition told = song;
  told.file = "other.wav";
  told.beatsPerMinute = 90;
  clip(track, span(6, 7), told);
  EXPECT_EQ(soundFilesOf(timeline_), std::vector<std::string>{"music/song.wav"}) << "a tempo that was written wins";

  RequestOptions options;
  options.sounds["music/song.wav"] = std::make_shared<const HeardSound>(heardSong());
  const GenerationRequest request = build(options);
  ASSERT_EQ(request.rhythms.size(), 2u);
  const RhythmRequest& rhythm = request.rhythms[0];
  EXPECT_EQ(rhythm.span, span(2, 5));
  ASSERT_TRUE(rhythm.heard);
  EXPECT_EQ(rhythm.heard->frames(), 90) << "only what is needed is kept";
  EXPECT_NEAR(rhythm.heard->startSeconds, 10, 1e-9);
  EXPECT_EQ(rhythm.soundStart, at(2));
  // The song's beat at 10.5 s falls on second 2.5 of the document.
  const auto& beats = rhythm.heard->beats;
  EXPECT_TRUE(std::any_of(beats.begin(), beats.end(), [](double b) { return std::abs(b - 0.5) < 1e-9; }));
  EXPECT_FLOAT_EQ(rhythm.strength.at(at(1.5)), 0.5f);
  EXPECT_FALSE(request.rhythms[1].heard);

  Clip muted = *timeline_.clipsOf(track).front();
  muted.muted = true;
  take(changeClip(timeline_, muted));
  EXPECT_TRUE(soundFilesOf(timeline_).empty());
}

TEST_F(BuildRequestTest, WhatASoundIsItsClipSaysOrElseTheOptions) {
  const ObjectId track = this->track(TrackKind::Audio);
  AudioCondition song;
  song.file = "song.wav";
  for (const SoundKind kind : {SoundKind::Auto, SoundKind::Music, SoundKind::Speech}) {
    song.kind = kind;
    clip(track, span(3 * int(kind), 3 * int(kind) + 2), song);
  }
  RequestOptions options;
  options.sounds["song.wav"] = std::make_shared<const HeardSound>(heardSong());
  const auto heardKinds = [&] {
    std::vector<SoundKind> kinds;
    for (const RhythmRequest& rhythm : build(options).rhythms) {
      kinds.push_back(rhythm.heard->kind);
      EXPECT_EQ(rhythm.heard->beats.empty(), rhythm.heard->kind == SoundKind::Speech) << "speech has no beat to keep";
      EXPECT_EQ(rhythm.heard->frames(), 60);
    }
    return kinds;
  };
  using enum SoundKind;
  EXPECT_EQ(heardKinds(), (std::vector{Auto, Music, Speech}));
  options.soundKind = Speech;
  EXPECT_EQ(heardKinds(), (std::vector{Speech, Music, Speech}));
  options.soundKind = Music;
  EXPECT_EQ(heardKinds(), (std::vector{Music, Music, Speech}));
}

TEST_F(BuildRequestTest, ASoundIsHeardOnlyWhileItLasts) {
  const RhythmRequest late = rhythmOf(heardSong(), at(55), span(50, 120));
  EXPECT_EQ(late.span, span(55, 115));
  const RhythmRequest cut = rhythmOf(heardSong(), -at(58.5), span(0, 10), {{{at(0), 0.0f}, {at(1), 1.0f}}});
  EXPECT_EQ(cut.span, span(0, 1.5));
  EXPECT_EQ(cut.heard->frames(), 45);
  EXPECT_FLOAT_EQ(cut.strength.at(at(0.5)), 0.5f);
  EXPECT_TRUE(rhythmOf(heardSong(), -at(61), span(0, 10)).span.isEmpty());
}

// Takes are many and recordings are long.
TEST_F(BuildRequestTest, ATakeKeepsWhatWasHeardAndNotTheRecording) {
  HeardSound heard = heardSong();
  heard.sound = std::make_shared<const Sound>();
  GenerationRequest request;
  request.rhythms.push_back(rhythmOf(heard, {0}, span(0, 10)));
  ASSERT_TRUE(request.rhythms[0].heard->sound);
  const auto take = makeTake(request, generatedMotion(300), nullptr, 1);
  EXPECT_TRUE(take->request.rhythms[0] == request.rhythms[0]);
  EXPECT_FALSE(take->request.rhythms[0].heard->sound);
  EXPECT_TRUE(request.rhythms[0].heard->sound);
}

TEST_F(BuildRequestTest, WhatWasHeardIsStoredWithTheRequest) {
  GenerationRequest request;
  request.rhythms.push_back(rhythmOf(heardSong(), -at(12.345), span(0, 10)));
  EXPECT_TRUE(checkRequest(request));
  const std::string text = writeRequest(request);
  const Result<GenerationRequest> back = readRequest(text);
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->rhythms.size(), 1u);
  EXPECT_TRUE(back->rhythms[0] == request.rhythms[0]);
  EXPECT_EQ(writeRequest(*back), text);
  RhythmRequest other = request.rhythms[0];
  HeardSound spoken = *other.heard;
  spoken.kind = SoundKind::Speech;
  other.heard = std::make_shared<const HeardSound>(spoken);
  EXPECT_FALSE(other == request.rhythms[0]);
  GenerationRequest said;
  said.rhythms = {other};
  EXPECT_TRUE(readRequest(writeRequest(said))->rhythms.at(0) == other);
  HeardSound louder = spoken;
  louder.loudness[3] = 1;
  other.heard = std::make_shared<const HeardSound>(louder);
  EXPECT_FALSE(other == request.rhythms[0]);
  other.heard = nullptr;
  EXPECT_FALSE(other == request.rhythms[0]);

  const auto refusal = [&](auto change) {
    HeardSound broken = *request.rhythms[0].heard;
    change(broken);
    GenerationRequest bad = request;
    bad.rhythms[0].heard = std::make_shared<const HeardSound>(std::move(broken));
    return checkRequest(bad).error().message;
  };
  EXPECT_EQ(refusal([](HeardSound& h) { h.loudness.pop_back(); }), "The recording “song.wav” is not described for all its frames.");
  EXPECT_EQ(refusal([](HeardSound& h) { h.bands[0] = 1.5f; }), "The recording “song.wav” is described by numbers outside 0 to 1.");
  EXPECT_EQ(refusal([](HeardSound& h) { std::swap(h.beats[0], h.beats[1]); }), "The beats of the recording “song.wav” are not in order.");
  EXPECT_EQ(refusal([](HeardSound& h) { h = {}; h.file = "song.wav"; }), "The recording “song.wav” has no length.");
}

}  // namespace
}  // namespace kinescore
