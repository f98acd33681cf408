#include "engine/network/gem/statistics.h"

#include <algorithm>

namespace kinescore::gem {
namespace {

// clang-format off
constexpr MotionVector kMean = {
    0.96969f, -0.059719f, -0.0377f, 0.058256f, 0.908f, 0.10972f,  // L_hip
    0.97636f, 0.043401f, 0.004311f, -0.043032f, 0.90261f, 0.14478f,  // R_hip
    0.99288f, 0.0035673f, 0.016264f, -0.002226f, 0.9347f, -0.23495f,  // spine1
    0.97147f, 0.052553f, -0.093666f, -0.05455f, 0.83321f, -0.24246f,  // L_knee
    0.97971f, -0.038429f, 0.0053575f, 0.015537f, 0.81449f, -0.30926f,  // R_knee
    0.99532f, -0.0094398f, -0.038328f, 0.0085141f, 0.9888f, 0.0001998f,  // spine2
    0.95602f, -0.039528f, 0.20017f, 0.010363f, 0.95965f, 0.1377f,  // L_ankle
    0.96223f, -0.046278f, -0.15177f, 0.066705f, 0.95545f, 0.12519f,  // R_ankle
    0.99767f, -0.012616f, -0.0002544f, 0.011661f, 0.99376f, -0.036222f,  // spine3
    0.99511f, -0.010583f, 0.01213f, 0.0076461f, 0.99137f, 0.020029f,  // L_foot
    0.99295f, 0.0072917f, 0.0049454f, -0.0080286f, 0.99137f, 0.0023707f,  // R_foot
    0.97698f, 0.019943f, 0.0013808f, -0.022006f, 0.97375f, -0.067936f,  // neck
    0.92804f, 0.25005f, -0.057167f, -0.24047f, 0.94246f, 0.025863f,  // L_collar
    0.92957f, -0.21329f, 0.11112f, 0.20741f, 0.94876f, 0.029901f,  // R_collar
    0.97683f, -0.04121f, 0.0023248f, 0.040967f, 0.97365f, 0.0057309f,  // head
    0.64513f, 0.61999f, -0.25469f, -0.62342f, 0.68177f, 0.035524f,  // L_shoulder
    0.66192f, -0.59341f, 0.27136f, 0.59269f, 0.68966f, 0.031309f,  // R_shoulder
    0.68946f, -0.11676f, -0.49859f, 0.040969f, 0.93656f, -0.14875f,  // L_elbow
    0.62787f, 0.13793f, 0.54289f, -0.091946f, 0.92868f, -0.11927f,  // R_elbow
    0.93012f, -0.08381f, -0.11951f, 0.097211f, 0.89118f, 0.059887f,  // L_wrist
    0.93033f, 0.071047f, 0.075264f, -0.080679f, 0.88562f, 0.04896f,  // R_wrist
    0.231f, 0.175f, 0.2931f, -0.1859f, -1.1163f, -1.1028f, -0.2573f, 0.3555f, 0.3732f, 0.2852f,  // betas
    -0.0049862f, -0.0008714f, -0.0014187f, 0.014825f, -0.94419f, -0.051653f,  // global_orient (camera)
    0.0003602f, -0.0002233f, 0.0022316f, -0.044879f, -0.97435f, 0.10021f,  // global_orient_gv
    -0.0002f, -0.0006f, 0.0069f,  // local_transl_vel
};
// clang-format on

MotionStatistics makePublished() {
  MotionStatistics statistics;
  statistics.mean = kMean;
  statistics.deviation.fill(1);
  statistics.deviation[128] = 1.0899f;
  statistics.deviation[129] = 1.1788f;
  statistics.deviation[130] = 1.2128f;
  statistics.deviation[131] = 1.1081f;
  statistics.deviation[133] = 1.1434f;
  statistics.deviation[135] = 1.1462f;
  return statistics;
}

}  // namespace

const MotionStatistics& publishedStatistics() {
  static const MotionStatistics published = makePublished();
  return published;
}

MotionVector effectiveDeviations(const MotionVector& raw) {
  MotionVector effective;
  std::transform(raw.begin(), raw.end(), effective.begin(), [](float d) { return std::max(d, 1.0f); });
  return effective;
}

MotionVector normalizedVector(const MotionVector& x, const MotionStatistics& statistics) {
  MotionVector result;
  for (int c = 0; c < kMotionChannels; ++c) result[c] = (x[c] - statistics.mean[c]) / statistics.deviation[c];
  return result;
}

MotionVector denormalizedVector(const MotionVector& x, const MotionStatistics& statistics) {
  MotionVector result;
  for (int c = 0; c < kMotionChannels; ++c) result[c] = x[c] * statistics.deviation[c] + statistics.mean[c];
  return result;
}

SixD normalizedCameraVelocity(const SixD& raw) {
  SixD result;
  for (int c = 0; c < 6; ++c) result[c] = (raw[c] - kCameraVelocityMean[c]) / kCameraVelocityDeviation[c];
  return result;
}

}  // namespace kinescore::gem
