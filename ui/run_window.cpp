#include "ui/run_window.h"

#include <QApplication>
#include <QScreen>

#include "ui/document/sound_output.h"
#include "ui/main_window.h"
#include "ui/theme/theme.h"

namespace kinescore {

int runWindow(int argc, char** argv, const WindowOptions& options) {
  QApplication::setApplicationName(QStringLiteral("kinescore"));
  QApplication::setApplicationDisplayName(QStringLiteral("Kinescore"));
  QApplication::setApplicationVersion(QStringLiteral(KINESCORE_VERSION));
  QApplication application(argc, argv);
  applyTheme(application);
  MotionService service(options.makeGenerator);
  const WindowServices services{service, QString::fromStdString(options.engineDescription),
                                QString::fromStdString(options.engineProblem), options.stateFolder,
                                options.findsReferences, options.followsDrafts, options.openModel,
                                options.library, options.loadCaptions, options.sampleFolder, options.countClips,
                                options.checkEngine, openSoundDevice};
  MainWindow window(services);
  // The first one; later ones come back where they were, and Qt sees to it that they fit.
  if (const QScreen* screen = QGuiApplication::primaryScreen(); screen != nullptr) {
    window.resize(window.size().boundedTo(screen->availableSize()));
  }
  window.show();
  window.start(options.project);
  return QApplication::exec();
}

}  // namespace kinescore
