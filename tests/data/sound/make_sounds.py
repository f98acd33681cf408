#!/usr/bin/env python3
"""Writes the recordings of this folder and expected.npz: what librosa hears in song.wav.

Only needed to make them anew; the tests read what lies here. Made with Python 3.11, librosa 0.9.2,
resampy 0.4.2, numpy 1.23.5, scipy 1.10.1; soundfile 0.14 and PyAV (FFmpeg) for the compressed ones:

    python3 make_sounds.py            # in this folder
"""
import fractions
import warnings

import av
import librosa
import numpy as np
import soundfile

RATE, SECONDS, TEMPO = 22050, 5.2, 110.0
MUSIC_RATE, HOP = 15360, 512


def song():
    """Drums on the beat, a bass, and chords a little out of tune: 110 beats a minute, from 0.1 s on."""
    rng = np.random.default_rng(5)
    y = np.zeros(int(RATE * SECONDS))
    t = np.arange(len(y)) / RATE
    beat = 60 / TEMPO

    def add(start, sound):
        at = int(start * RATE)
        n = min(len(sound), len(y) - at)
        if n > 0:
            y[at:at + n] += sound[:n]

    short = t[:int(0.25 * RATE)]
    kick = np.sin(2 * np.pi * (50 * short + 6 * (1 - np.exp(-short * 30)))) * np.exp(-short * 14)
    snare = rng.standard_normal(len(short)) * np.exp(-short * 22)
    hat = np.diff(rng.standard_normal(len(short) + 1)) * np.exp(-short * 60)
    for i in range(12):
        add(0.1 + i * beat, 0.5 * (kick if i % 2 == 0 else snare))
        add(0.1 + (i + 0.5) * beat, 0.1 * hat)
    long = t[:int(2 * beat * RATE)]
    for bar, chord in enumerate([(57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62), (57, 60, 64), (53, 57, 60)]):
        for note in (*chord, chord[0] - 24):
            f = 440 * 2 ** ((note + 0.08 - 69) / 12)
            tone = sum(np.sin(2 * np.pi * f * k * long) / k ** 2 for k in (1, 2, 3))
            add(0.1 + 2 * bar * beat, 0.08 * tone * np.exp(-long * 1.5))
    return np.round(np.clip(y, -0.99, 0.99) * 32767).astype(np.int16)


def expected(y):
    d = librosa.resample(y, orig_sr=RATE, target_sr=MUSIC_RATE)
    onset = librosa.onset.onset_strength(y=d, sr=MUSIC_RATE)
    mfcc = librosa.feature.mfcc(y=d, sr=MUSIC_RATE, n_mfcc=20).T
    chroma = librosa.feature.chroma_cens(y=d, sr=MUSIC_RATE, hop_length=HOP, n_chroma=12).T
    peaks, beats = np.zeros_like(onset), np.zeros_like(onset)
    peaks[librosa.onset.onset_detect(onset_envelope=onset.copy(), sr=MUSIC_RATE, hop_length=HOP)] = 1
    # At 22,050 Hz the song needs no resampling for the tempo that is expected.
    start = librosa.beat.tempo(y=y)[0]
    tempo, at = librosa.beat.beat_track(onset_envelope=onset, sr=MUSIC_RATE, hop_length=HOP, start_bpm=start, tightness=100)
    beats[at] = 1
    part = y[20000:26000]
    return {
        "music": np.concatenate([onset[:, None], mfcc, chroma, peaks[:, None], beats[:, None]], axis=1),
        "tempo": np.array([tempo]),
        "tuning": np.array([librosa.estimate_tuning(y=d, sr=MUSIC_RATE, bins_per_octave=36)]),
        "mel_weights": librosa.filters.mel(sr=MUSIC_RATE, n_fft=2048, n_mels=128)[::16],
        "to_15360": d[2000:6000],
        # the same samples, as if they had been taken at other rates
        "from_44100_to_15360": librosa.resample(part, orig_sr=44100, target_sr=15360),
        "from_44100_to_18000": librosa.resample(part, orig_sr=44100, target_sr=18000),
        "from_8000_to_15360": librosa.resample(part, orig_sr=8000, target_sr=15360),
        "halved_fast": librosa.resample(part, orig_sr=2, target_sr=1, res_type="kaiser_fast"),
    }


def encode(name, samples, container, codec, with_video=False):
    out = av.open(name, "w", format=container)
    video = None
    if with_video:
        video = out.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
    audio = out.add_stream(codec, rate=RATE)
    audio.layout = "mono"
    if video is not None:
        for i in range(15):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 16 * i, np.uint8), format="rgb24")
            frame.pts, frame.time_base = i, fractions.Fraction(1, 10)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    resampler = av.AudioResampler(format=audio.codec_context.format, layout="mono", rate=RATE, frame_size=audio.codec_context.frame_size or None)
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0
    for f in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(audio.encode(f))
    out.mux(audio.encode(None))
    out.close()


def main():
    warnings.filterwarnings("ignore")
    samples = song()
    soundfile.write("song.wav", samples, RATE, subtype="PCM_16")
    np.savez("expected.npz", **{k: np.ascontiguousarray(v, dtype=np.float32) for k, v in expected(samples.astype(np.float32) / 32768).items()})
    part = samples[:RATE * 3 // 2]
    encode("part.flac", part, "flac", "flac")
    soundfile.write("part.ogg", part, RATE, format="OGG", subtype="VORBIS")
    soundfile.write("part.mp3", part, RATE, format="MP3")
    encode("part.m4a", part, "ipod", "aac")
    encode("part.mp4", part, "mp4", "aac", with_video=True)


if __name__ == "__main__":
    main()
