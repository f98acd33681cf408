// How long listening takes: processor seconds for a minute of sound, of one thread. The sound is made here, drums and
// chords with a beat, at 44,100 Hz, so that both resamplings are part of it.
//
//   bench_sound [minutes]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numbers>

#include "engine/core/random.h"
#include "engine/media/heard_sound.h"
#include "engine/media/sound_features.h"

namespace kinescore {
namespace {

constexpr int kRate = 44100;

// Of the processor: other work on the machine does not count.
double secondsNow() {
  return double(std::clock()) / CLOCKS_PER_SEC;
}

std::shared_ptr<const Sound> song(double seconds) {
  auto sound = std::make_shared<Sound>();
  sound->rate = kRate;
  CounterRandom random(1);
  for (int i = 0; i < int(seconds * kRate); ++i) {
    const double t = double(i) / kRate, sinceBeat = std::fmod(t, 0.5), sinceChord = std::fmod(t, 2.0);
    double value = 0.3 * std::exp(-12 * sinceBeat) *
                   (int(t / 0.5) % 2 == 0 ? std::sin(2 * std::numbers::pi * 60 * sinceBeat) : random.normal());
    for (const double hertz : {220.0, 261.63, 329.63})
      value += 0.1 * std::exp(-sinceChord) * std::sin(2 * std::numbers::pi * hertz * t);
    sound->samples.push_back(float(value));
  }
  return sound;
}

int run(double minutes) {
  const auto sound = song(60 * minutes);
  double start = secondsNow();
  const auto heard = hear(sound, "song");
  std::printf("beats and frames for our network: %.2f s a minute of sound (%zu beats)\n",
              (secondsNow() - start) / minutes, heard->beats.size());
  start = secondsNow();
  const auto music = musicFeatures(*sound);
  std::printf("35 music features:                %.2f s a minute of sound (%d frames)\n",
              (secondsNow() - start) / minutes, music->frames);
  start = secondsNow();
  const auto speech = speechSamples(*sound);
  std::printf("speech at 18,000 Hz:              %.2f s a minute of sound (%zu samples)\n",
              (secondsNow() - start) / minutes, speech.size());
  return 0;
}

}  // namespace
}  // namespace kinescore

int main(int argc, char** argv) {
  return kinescore::run(argc > 1 ? std::atof(argv[1]) : 3);
}
