@echo off
rem Starts plakar on Windows: the counterpart of the shell script `plakar` beside it, with the same variables.
setlocal EnableExtensions DisableDelayedExpansion
set "here=%~dp0"
set "dist=%here%.dist"
set "main_jar=%dist%\lib\plakar.jar"
if not defined PLAKAR_HEAP set "PLAKAR_HEAP=512m"

set "java_home="
if defined PLAKAR_JAVA_HOME (
  call :usable "%PLAKAR_JAVA_HOME%"
  if not defined java_home (
    echo plakar: PLAKAR_JAVA_HOME=%PLAKAR_JAVA_HOME% is not a Java runtime 25 or newer; correct or unset it>&2
    exit /b 69
  )
)
if not defined java_home if defined JAVA_HOME call :usable "%JAVA_HOME%"
if not defined java_home for %%J in (java.exe) do if not "%%~$PATH:J"=="" call :usable "%%~dp$PATH:J.."
if not defined java_home for /d %%D in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%LocalAppData%\Programs\Eclipse Adoptium\*" "%UserProfile%\.jdks\*" "%UserProfile%\scoop\apps\*jdk*\current") do if not defined java_home call :usable "%%~D"
if not defined java_home (
  echo plakar: needs a Java runtime 25 or newer and found none: winget install EclipseAdoptium.Temurin.25.JDK, or set PLAKAR_JAVA_HOME to where it lies>&2
  exit /b 69
)

if defined PLAKAR_REBUILD goto build
if exist "%main_jar%" goto run

:build
if not exist "%here%pom.xml" (
  echo plakar: %main_jar% is missing: this is neither a complete installation nor a checkout>&2
  exit /b 69
)
where /q mvn
if errorlevel 1 (
  echo plakar: building needs Maven 3.8.6 or newer: winget install Apache.Maven>&2
  exit /b 69
)
echo plakar: building the program (a minute or two, once)>&2
if not exist "%dist%\lib" mkdir "%dist%\lib"
setlocal
set "JAVA_HOME=%java_home%"
call mvn -B -q -f "%here%pom.xml" -Pprogram -pl cli -am package <nul >"%dist%\build.log" 2>&1
endlocal & set "built=%errorlevel%"
if not "%built%"=="0" (
  type "%dist%\build.log">&2
  echo plakar: the build failed; its log is %dist%\build.log>&2
  exit /b 69
)
copy /y "%here%cli\target\dist\*.jar" "%dist%\lib" >nul

:run
set "PLAKAR_JAVA_OPTS=%JDK_JAVA_OPTIONS% %JAVA_TOOL_OPTIONS% %PLAKAR_JAVA_OPTS% %_JAVA_OPTIONS%"
set "JDK_JAVA_OPTIONS="
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
"%java_home%\bin\java.exe" -Xlog:disable -Xlog:all=off -XX:-UsePerfData --enable-native-access=ALL-UNNAMED -Xmx%PLAKAR_HEAP% -XX:MaxDirectMemorySize=1g -XX:+UseSerialGC -Dplakar.program=plakar %PLAKAR_JAVA_OPTS% -cp "%main_jar%" io.plakar.cli.Plakar %*
exit /b %errorlevel%

rem :usable DIR sets java_home to DIR if it holds Java 25 or newer.
:usable
if not exist "%~1\bin\java.exe" goto :eof
if not exist "%~1\release" goto :eof
for /f "tokens=2 delims==." %%V in ('findstr /b /c:"JAVA_VERSION=" "%~1\release"') do call :newer "%~1" %%V
goto :eof

:newer
set "major=%~2"
set "major=%major:"=%"
if %major% geq 25 set "java_home=%~1"
goto :eof
