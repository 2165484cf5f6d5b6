"""What people make passwords from when they are told to make one: after these, an attacker tries digits around them."""

from __future__ import annotations

from typing import Final

_WORDS: Final = """
password passwort passw contrasena contraseña clave claves secreto secreta secret acceso access entrar login welcome
bienvenido bienvenida admin administrador administradora administrator root usuario user invitado guest prueba pruebas
test testing demo changeme cambiame cambiar temporal default system sistema server servidor internet computadora
computer qwerty qwertyuiop qwertyui asdf asdfgh asdfghjkl zxcvbnm zxcvb qazwsx qazwsxedc azerty abc abcd abcdef
abcdefgh iloveyou teamo tequiero teamomucho amor amorcito miamor love lover princess princesa princesita prince bebe
baby hermosa hermoso corazon corazón estrella estrellita mariposa angel angelito angeles cielo sol luna flor flores
sunshine monkey dragon shadow master superman batman spiderman pokemon naruto starwars michael jordan jesus jesucristo
cristo dios diosesamor diosmio jehova virgen bendecida bendecido familia family mama mami mamá papa papi papá hijos
hijo hija abuela abuelo venezuela caracas maracaibo valencia barquisimeto merida maracay zulia tachira margarita
bolivar chavez miranda vinotinto magallanes leones caribes tigres aguilas cardenales futbol football beisbol baseball
barcelona realmadrid madrid messi ronaldo colombia argentina mexico españa america chocolate galleta cookie killer
freedom libertad trustno hello hola holamundo buenosdias whatever nothing nada ninguna ninguno clinica clínica
hospital consulta consultorio medico médico medica médica doctor doctora enfermera enfermero medicina salud paciente
pacientes telemedicina teleconsulta ambulatorio farmacia laboratorio pediatria cardiologia ginecologia hilo enero
febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre primavera verano otoño invierno
lunes martes miercoles jueves viernes sabado domingo january february march april june july august september october
november december summer winter spring autumn juan jose maria ana carlos luis pedro miguel antonio david daniel
alejandro andres gabriel sebastian samuel mateo santiago diego rafael carmen rosa laura paola andrea daniela gabriela
valentina sofia isabella camila mariana fernanda alexandra jessica karina victoria yolanda facebook instagram whatsapp
google youtube samsung motorola huawei windows android iphone apple microsoft
"""

WORDS: Final = frozenset(_WORDS.split())
"""Lower case. `passwords.py` takes digits, signs and look-alikes off before it looks here."""
