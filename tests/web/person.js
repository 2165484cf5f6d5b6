// A person before a camera, drawn: for pictures of the pages that say more than a coloured rectangle.
(() => {
  const FACES = { self: ["#e9c9a0", "#8a3a22", "#caa57c", "#111"], other: ["#d5e6de", "#f4f8f9", "#f2c7a4", "#3a2018"] };

  window.drawnPerson = function (kind) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const pen = canvas.getContext("2d");
    const [wall, clothes, skin, hair] = FACES[kind];
    let frame = 0;
    const ellipse = (colour, x, y, rx, ry) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
      pen.fill();
    };
    const draw = () => {
      frame += 1;
      pen.fillStyle = wall;
      pen.fillRect(0, 0, 640, 360);
      pen.fillStyle = "#fffdf0";
      pen.fillRect(470, 30, 120, 130);
      ellipse(clothes, 320, 400, 170, 150);
      ellipse(skin, 320, 250, 34, 50);
      ellipse(hair, 320, 150, 74, 92);
      ellipse(skin, 320, 168, 58, 74);
      ellipse(hair, 320, 84, 64, 30);
      for (const x of [298, 342]) ellipse("#222", x, 162, 6, 6);
      ellipse("#a4493c", 320, 205, 18, 5);
      pen.fillStyle = frame % 2 ? "#fffdf0" : "#fffdee";
      pen.fillRect(0, 0, 2, 2);
    };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  };
})();
