// The published evaluation's own numbers: ten motions made by formula, and six whose joints are stored
// (tests/data/mbench). Tolerances of the data's description; Foot_Floating and the counts exactly.
#include "engine/evaluate/mbench.h"

#include <cmath>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

using Joints = std::vector<float>;

constexpr double kRest[22][3] = {
    {0.00, 0.00, 0.92},    {-0.07, 0.00, 0.83},  {0.07, 0.00, 0.83},   {0.00, 0.00, 1.04},  {-0.10, 0.00, 0.45},
    {0.10, 0.00, 0.45},    {0.00, 0.00, 1.17},   {-0.09, -0.04, 0.08}, {0.09, -0.04, 0.08}, {0.00, 0.00, 1.23},
    {-0.11, 0.08, 0.015},  {0.11, 0.08, 0.015},  {0.00, -0.02, 1.43},  {-0.08, -0.02, 1.34}, {0.08, -0.02, 1.34},
    {0.00, 0.01, 1.52},    {-0.18, -0.03, 1.37}, {0.18, -0.03, 1.37},  {-0.43, -0.04, 1.36}, {0.43, -0.04, 1.36},
    {-0.68, -0.04, 1.36},  {0.68, -0.04, 1.36}};

using Frame = std::array<std::array<double, 3>, 22>;

// The rest pose moved on and up, then changed frame by frame; rounded to single precision at the end.
Joints made(int frames, double speed, double height, const std::function<void(int, Frame&)>& change = {}) {
  Joints joints;
  for (int f = 0; f < frames; ++f) {
    Frame frame;
    for (int j = 0; j < 22; ++j) frame[j] = {kRest[j][0], kRest[j][1] + speed * f, kRest[j][2] + height};
    if (change) change(f, frame);
    for (const auto& p : frame) {
      for (const double value : p) joints.push_back(float(value));
    }
  }
  return joints;
}

double wave(double f, double period) { return std::sin(2 * M_PI * f / period); }
double cosineWave(double f, double period) { return std::cos(2 * M_PI * f / period); }

Joints walking() {
  return made(100, 0.05, 0, [](int f, Frame& p) {
    for (auto& joint : p) joint[2] += 0.02 * cosineWave(f, 10);
    constexpr int kLegs[2][4] = {{1, 4, 7, 10}, {2, 5, 8, 11}};
    for (int side = 0; side < 2; ++side) {
      const auto [hip, knee, ankle, foot] = kLegs[side];
      const int o = 10 * side, u = f + o, k = u / 20, m = u % 20;
      const double s = std::max(0.0, (m - 10) / 10.0), e = s * s * (3 - 2 * s);
      p[foot] = {kRest[foot][0], kRest[foot][1] + k + e - 0.05 * o, 0.015 + 0.10 * std::sin(M_PI * s)};
      for (int c = 0; c < 3; ++c) {
        p[ankle][c] = p[foot][c] + kRest[ankle][c] - kRest[foot][c];
        p[knee][c] = (p[hip][c] + p[ankle][c]) / 2 + (c == 1 ? 0.05 : 0);
      }
    }
  });
}

Joints circling(int still) {
  return made(50, 0, 0.10, [still](int f, Frame& p) {
    for (auto& joint : p) joint[1] += 0.03 * std::min(f, still);
    p[10][0] += 0.042 * cosineWave(f, 25);
    p[10][1] += 0.042 * wave(f, 25);
    p[11][0] += 0.042 * cosineWave(f, 25);
    p[11][1] -= 0.042 * wave(f, 25);
  });
}

Joints sinking() {
  return made(80, 0, 0, [](int f, Frame& p) {
    p[10][2] = 0.015 - 0.05 * std::pow(std::sin(M_PI * f / 40), 2);
    p[11][2] = 0.015 - 0.03 * std::pow(std::sin(M_PI * f / 20), 2);
    p[0][0] += 0.1 * wave(f, 40);
  });
}

Joints mixed() {
  return made(120, 0.02, 0, [](int f, Frame& p) {
    double y = 0, z = 0.015;
    if (f >= 90) {
      y = 3.24;
    } else if (f >= 60) {
      y = 0.54 + 0.09 * (f - 60);
    } else if (f >= 30) {
      y = 0.018 * (f - 30);
      z = 0.06;
    }
    p[10][1] = kRest[10][1] + y;
    p[10][2] = z;
    p[11][1] = kRest[11][1] + 0.02 * f + 0.15 * cosineWave(f, 30);
    p[11][2] = 0.10 + 0.05 * wave(f, 30);
  });
}

// (x, y, z) -> (-x, z, y): what the released script measures.
Joints upright(Joints joints) {
  for (std::size_t i = 0; i < joints.size(); i += 3) {
    joints[i] = -joints[i];
    std::swap(joints[i + 1], joints[i + 2]);
  }
  return joints;
}

struct Expected {
  const char* name;
  Joints joints;
  std::array<double, 5> values;
  int left, right, frames, airborne, wholeBody;
};

std::vector<Expected> fixtures() {
  const Joints shaking = made(50, 0.01, 0, [](int f, Frame& p) {
    for (int j = 0; j < 22; ++j) {
      for (int c = 0; c < 3; ++c) p[j][c] += 0.01 * std::sin(0.7 * f * (1 + 0.1 * j) + 1.3 * c + 0.4 * j);
    }
  });
  const Joints hovering = made(60, 0.04, 0.10, [](int f, Frame& p) {
    for (auto& joint : p) joint[0] += 0.3 * wave(f, 120);
  });
  const Joints zigzag = made(60, 0.03, 0.25, [](int f, Frame& p) {
    p[10][0] += 0.08 * wave(f, 12);
    p[11][0] += 0.05 * wave(f, 15);
  });
  return {
      {"static", made(40, 0, 0), {0, 0, 0, 0, 0}, 40, 40, 0, 0, 0},
      {"walk", walking(), {0.0120715871, 0, 0, 0.00254545757, 0.0647237152}, 55, 55, 0, 0, 0},
      {"skate", made(60, 0.04, 0), {1.07e-7, 0, 1, 0.0399999991, 0.0400000252}, 60, 60, 60, 0, 0},
      {"hover", hovering, {0.000540727226, 0, 1, 0, 0.0414749458}, 0, 0, 0, 120, 0},
      {"zigzag", zigzag, {0.00174739584, 0, 82.0 / 60, 0, 0.0324533246}, 0, 0, 0, 44, 60},
      {"sink", sinking(), {0.00168010162, 0.0192082413, 0, 0, 0.010240078}, 80, 80, 0, 0, 0},
      {"shake", shaking, {0.0431755707, 0, 0.16, 0.0131245442, 0.0344499946}, 34, 32, 8, 0, 0},
      {"mixed", mixed(), {0.000661215628, 0, 39.5 / 120, 0.0174999982, 0.0229565166}, 90, 24, 25, 29, 0},
      {"circle19", circling(19), {0.00109982991, 0, 1, 0, 0.0132089388}, 0, 0, 0, 0, 50},
      {"circle30", circling(30), {0.00109987031, 0, 1.6, 0, 0.0197454747}, 0, 0, 0, 60, 50},
      {"walk, wrong axis", upright(walking()), {0.0120715871, 0.280000001, 0, 0.000909090915, 0.0647237152}, -1, -1, 0, 0, 0},
      {"sink, wrong axis", upright(sinking()), {0.00168010162, 0, 0, 0.00276252814, 0.010240078}, -1, -1, 0, 0, 0},
  };
}

int contactFrames(const MBenchFigures& figures, int foot) {
  return int(std::count_if(figures.contact.begin(), figures.contact.end(), [foot](const auto& c) { return c[foot]; }));
}

void expectNear(const std::array<double, 5>& is, const std::array<double, 5>& should, const std::string& name) {
  for (int m = 0; m < 5; ++m) {
    const double tolerance = m == 2 ? 1e-9 : 1e-5 * std::abs(should[m]) + 2e-6;
    EXPECT_NEAR(is[m], should[m], tolerance) << name << ", " << kMBenchNames[m];
  }
}

TEST(MBench, MotionsMadeByFormula) {
  std::vector<MBenchFigures> tenUpright;
  for (const Expected& e : fixtures()) {
    const auto figures = mbenchFigures(e.joints);
    ASSERT_TRUE(figures) << e.name;
    expectNear(figures->values(), e.values, e.name);
    EXPECT_EQ(figures->floating.frames, e.frames) << e.name;
    EXPECT_EQ(figures->floating.airborne, e.airborne) << e.name;
    EXPECT_EQ(figures->floating.wholeBody, e.wholeBody) << e.name;
    if (e.left < 0) continue;
    EXPECT_EQ(contactFrames(*figures, 0), e.left) << e.name;
    EXPECT_EQ(contactFrames(*figures, 1), e.right) << e.name;
    tenUpright.push_back(*figures);
  }
  const MBenchAggregate all = aggregateOf(tenUpright);
  EXPECT_EQ(all.count, 10u);
  const std::array<double, 5> mean = {0.00620764028, 0.00192082417, 0.645583332, 0.00731700007, 0.0279253013};
  const std::array<double, 5> deviation = {0.0127809634, 0.00576247228, 0.582576215, 0.0124482848, 0.0177407693};
  for (int m = 0; m < 5; ++m) {
    EXPECT_NEAR(all.mean[m], mean[m], 2e-6) << kMBenchNames[m];
    EXPECT_NEAR(all.deviation[m], deviation[m], 2e-6) << kMBenchNames[m];
  }
}

// The formulas above make what they should: sums and sums of squares over all numbers.
TEST(MBench, TheFormulasAreThoseOfTheReference) {
  const std::map<std::string, std::array<double, 2>> sums = {
      {"static", {829.199998, 1086.898000}},  {"walk", {7415.784363, 20140.046296}},
      {"skate", {2801.399993, 4074.834982}},  {"hover", {3185.443848, 4398.475036}},
      {"zigzag", {2742.000000, 3710.694006}}, {"sink", {1655.199997, 2174.202001}},
      {"shake", {1305.991436, 1442.972986}},  {"mixed", {5658.329987, 8427.770336}},
      {"circle19", {1648.100012, 1833.674943}}, {"circle30", {1829.600015, 2092.988944}}};
  int seen = 0;
  for (const Expected& e : fixtures()) {
    const auto found = sums.find(e.name);
    if (found == sums.end()) continue;
    double sum = 0, squares = 0;
    for (const float value : e.joints) {
      sum += double(value);
      squares += double(value) * double(value);
    }
    EXPECT_NEAR(sum, found->second[0], 1e-5) << e.name;
    EXPECT_NEAR(squares, found->second[1], 1e-5) << e.name;
    ++seen;
  }
  EXPECT_EQ(seen, 10);
}

TEST(MBench, StoredMotions) {
  const auto file = SafetensorsFile::load(std::string(KINESCORE_TEST_DATA_DIR) + "/mbench/fixtures.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  const auto floats = [&](const std::string& name) {
    const auto view = file->find(name);
    EXPECT_TRUE(view) << name;
    return view ? view->toFloats() : Joints{};
  };
  std::vector<MBenchFigures> all;
  for (const std::string name : {"noisy_walk", "random_smooth", "jump", "slide_sink", "idle_jitter", "circle_skip"}) {
    const Joints joints = floats(name + ".joints");
    const auto figures = mbenchFigures(joints);
    ASSERT_TRUE(figures) << name;
    const auto should = floats(name + ".metrics");
    ASSERT_EQ(should.size(), 5u);
    std::array<double, 5> values{};
    std::copy(should.begin(), should.end(), values.begin());
    values[2] = std::round(values[2] * 2 * double(figures->contact.size())) / (2 * double(figures->contact.size()));
    expectNear(figures->values(), values, name);
    EXPECT_NEAR(figures->footFloating, double(should[2]), 1e-6) << name;
    all.push_back(*figures);
    if (name != "noisy_walk" && name != "slide_sink") continue;
    const auto wrongAxis = mbenchFigures(upright(joints));
    const auto wrong = floats(name + "_yup.metrics");
    ASSERT_EQ(wrong.size(), 5u);
    for (int m = 0; m < 5; ++m) {
      EXPECT_NEAR(wrongAxis->values()[m], double(wrong[m]), 1e-5 * double(wrong[m]) + 2e-6) << name << " " << m;
    }
  }
  const auto mean = floats("aggregate.mean"), deviation = floats("aggregate.std");
  const MBenchAggregate aggregate = aggregateOf(all);
  for (int m = 0; m < 5; ++m) {
    EXPECT_NEAR(aggregate.mean[m], double(mean[m]), 1e-6) << m;
    EXPECT_NEAR(aggregate.deviation[m], double(deviation[m]), 1e-6) << m;
  }
}

TEST(MBench, JitterAndDynamicDegreeDoNotCareAboutPlaceAndFacing) {
  Joints turned = walking();
  for (std::size_t i = 0; i < turned.size(); i += 3) {
    const float x = turned[i], y = turned[i + 1];
    turned[i] = 0.6f * x - 0.8f * y + 1;
    turned[i + 1] = 0.8f * x + 0.6f * y - 2;
  }
  const auto here = *mbenchFigures(walking()), there = *mbenchFigures(turned);
  EXPECT_NEAR(here.jitter, there.jitter, 2e-6);
  EXPECT_NEAR(here.dynamicDegree, there.dynamicDegree, 2e-6);
}

TEST(MBench, AFigureThatStandsIsPerfectInAnyRate) {
  for (const FrameRate rate : {FrameRate{30, 1}, FrameRate{24000, 1001}}) {
    Motion standing;
    standing.rate = rate;
    standing.resize(60);
    for (int f = 0; f < 60; ++f) standing.setPose(f, restPose(*standing.skeleton));
    const auto figures = mbenchFiguresOf(standing);
    ASSERT_TRUE(figures);
    for (const double value : figures->values()) EXPECT_NEAR(value, 0, 1e-6);
    EXPECT_EQ(contactFrames(*figures, 0), int(figures->contact.size()));
    // the same lifted by a step and carried along: it floats
    for (int f = 0; f < 60; ++f) standing.rootPositions[f] += glm::vec3(0.05f * float(f), 0.3f, 0);
    const auto carried = mbenchFiguresOf(standing);
    EXPECT_NEAR(carried->footFloating, 1, 0.01);
    EXPECT_EQ(carried->footSliding, 0);
    EXPECT_EQ(carried->floating.wholeBody, 0) << "a straight flight does not bend";
  }
}

TEST(MBench, TooShortOrBrokenMotionsAreOneSentence) {
  for (const int frames : {0, 1, 2}) {
    const auto figures = mbenchFigures(made(frames, 0, 0));
    ASSERT_FALSE(figures) << frames;
    EXPECT_NE(figures.error().message.find("three frames"), std::string::npos);
  }
  Joints broken = made(10, 0, 0);
  broken[100] = std::nanf("");
  EXPECT_FALSE(mbenchFigures(broken));
  broken.pop_back();
  EXPECT_FALSE(mbenchFigures(broken));
  EXPECT_EQ(aggregateOf({}).count, 0u);
}

}  // namespace
}  // namespace kinescore
